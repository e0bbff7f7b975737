import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as holds, property, string } from 'fast-check';
import { passwordChange } from './password-change.ts';
import { SyntaxFailure } from './syntax.ts';

test('two passwords are read as they were written, whatever is in them', () => {
  const password = string({ unit: 'grapheme' }).filter((text) => !/[\0\r\n]/.test(text));
  holds(
    property(password, password, (from, to) => {
      assert.deepEqual(passwordChange.parse(passwordChange.format({ from, to })), { from, to });
    }),
  );
  assert.deepEqual(passwordChange.parse('old new'), { from: 'old', to: 'new' });
  assert.deepEqual(passwordChange.parse('"o ""l d" new'), { from: 'o "l d', to: 'new' });
});

test('anything but two passwords is refused, and the text says nothing of them', () => {
  for (const argument of ['', 'secret', 'secret ', 'secret secret secret', '"secret', '"secret"secret x']) {
    assert.throws(
      () => passwordChange.parse(argument),
      (error) => error instanceof SyntaxFailure && error.code === 501 && !error.message.includes('secret'),
      argument,
    );
  }
});

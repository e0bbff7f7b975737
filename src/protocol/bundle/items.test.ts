import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { reply } from '../reply.ts';
import { formatItemEnd, formatItemResult, itemHead, parseCount, parseItemEnd, parseItemResult } from './items.ts';

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const given = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const time = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const anyText = fc.string({ unit: 'grapheme', maxLength: 50 }).filter((text) => !/[\0\r\n]/.test(text));

const anyHead = fc
  .record({
    path: anyText.filter((path) => path !== ''),
    isDirectory: given(fc.constant(true)),
    size: given(count),
    modified: given(time),
    mode: given(fc.nat({ max: 0o777 })),
    start: given(count),
    most: given(count),
  })
  .map((head) => Object.fromEntries(Object.entries(head).filter(([, value]) => value !== undefined)));

test('A head is read as it was written', () => {
  fc.assert(
    fc.property(anyHead, (head) => {
      const item = { path: '', ...head };
      assert.deepEqual(itemHead.parse(itemHead.format(item)), item);
    }),
  );
});

test('Facts of a head may be unknown, and in any case', () => {
  assert.deepEqual(itemHead.parse('SIZE=3;colour=red;; a b '), { size: 3, path: 'a b ' });
  assert.deepEqual(itemHead.parse(' x'), { path: 'x' });
  assert.deepEqual(itemHead.parse('type=DIR; x'), { path: 'x', isDirectory: true });
  assert.deepEqual(itemHead.parse('Type=file; x'), { path: 'x' });
});

for (const text of [
  '',
  'x',
  'Size=3;',
  'Size=3; ',
  'Size=-1; x',
  'Size=1e3; x',
  'Size=99999999999999999; x',
  'Modify=20300230000000; x',
  'UNIX.mode=999; x',
  'Type=OS.unix=slink; x',
]) {
  test(`${JSON.stringify(text)} is no head`, () => {
    assert.throws(() => itemHead.parse(text), { name: 'SyntaxFailure', code: 501 });
  });
}

const anyReply = fc.tuple(fc.constantFrom(226, 426, 452, 550, 552), anyText).map(([code, text]) => reply(code, text));

test('An end and a result are read as they were written', () => {
  const sha256 = 'ab'.repeat(32);
  assert.deepEqual(parseItemEnd(formatItemEnd({ sha256 })), { sha256 });
  fc.assert(
    fc.property(anyReply, given(anyText), given(anyReply), (answer, facts, unset) => {
      assert.deepEqual(parseItemEnd(formatItemEnd({ failure: answer })), { failure: answer });
      const result = { reply: answer, ...(facts !== undefined && { facts }), ...(unset && { unset }) };
      assert.deepEqual(parseItemResult(formatItemResult(result)), result);
    }),
  );
});

test('Texts that are no outcome, and counts that are none, are refused', () => {
  for (const text of ['', 'ok', '226', '126 x', '999 x', 'SHA-256=AB', `SHA-256=${'AB'.repeat(32)}`, '226 a\nb']) {
    assert.throws(() => parseItemEnd(text), { name: 'BundleFailure' }, text);
  }
  for (const text of ['', '-1', '1.5', '0x1', '9'.repeat(16)]) {
    assert.throws(() => parseCount(text), { name: 'BundleFailure' }, text);
  }
});

test('A peer that writes anything gets an outcome or a failure, and nothing else', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseItemEnd, parseItemResult, parseCount, (text: string) => itemHead.parse(text)]) {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof Error && ['BundleFailure', 'SyntaxFailure'].includes(error.name));
        }
      }
    }),
  );
});

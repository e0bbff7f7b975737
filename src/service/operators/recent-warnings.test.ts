import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentWarnings } from './recent-warnings.ts';

test('the last different warnings are kept, each with how often it came, the newest first', () => {
  const warnings = new RecentWarnings();
  for (const message of ['a', 'b', 'a']) warnings.hear({ event: 'warning', message, at: 0, seq: 1 });
  warnings.hear({ event: 'warning', message: 'c', error: new Error('disk'), at: 1000, seq: 1 });
  warnings.hear({ event: 'notice', message: 'd', at: 0, seq: 1 });
  assert.deepEqual(warnings.list, [
    { at: '1970-01-01T00:00:01.000Z', message: 'c: disk', times: 1 },
    { at: '1970-01-01T00:00:00.000Z', message: 'a', times: 2 },
    { at: '1970-01-01T00:00:00.000Z', message: 'b', times: 1 },
  ]);
});

test('neither many warnings nor long ones fill the memory', () => {
  const warnings = new RecentWarnings();
  for (let each = 0; each < 1000; each += 1) {
    warnings.hear({ event: 'warning', message: `${each} ${'x'.repeat(10_000)}`, at: 0, seq: 1 });
  }
  assert.equal(warnings.list.length, 20);
  assert.ok(warnings.list.every(({ message }) => message.length === 500));
  assert.ok(warnings.list[0]?.message.startsWith('999 '));
});

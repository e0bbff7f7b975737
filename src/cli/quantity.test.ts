import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted } from './quantity.ts';

test('one of a thing is not several', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'file')),
    ['0 files', '1 file', '2 files'],
  );
});

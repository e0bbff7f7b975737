import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CHUNK_BYTES, isStoredSize, MAX_FILE_BYTES, plainSize, storedSize } from './layout.ts';

test('the stored size tells the size, for every size', () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(4 * CHUNK_BYTES)), (number) => {
      const size = number % MAX_FILE_BYTES;
      assert.equal(plainSize(storedSize(size)), size);
      assert.ok(isStoredSize(storedSize(size)));
    }),
  );
  for (const size of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, MAX_FILE_BYTES]) {
    assert.equal(plainSize(storedSize(size)), size);
  }
});

test('a length that no file has is told, and counts as no more bytes than there are', () => {
  fc.assert(
    fc.property(fc.nat(5 * CHUNK_BYTES), (stored) => {
      const size = plainSize(stored);
      assert.ok(size >= 0 && size <= stored);
      if (isStoredSize(stored)) assert.equal(storedSize(size), stored);
    }),
  );
  for (const stored of [0, 1, 511, 512, 555, storedSize(CHUNK_BYTES) + 1, storedSize(CHUNK_BYTES) + 28]) {
    assert.equal(isStoredSize(stored), false, `${stored}`);
  }
});

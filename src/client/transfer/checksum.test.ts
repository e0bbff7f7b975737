import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import test from 'node:test';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { Checksum } from './checksum.ts';

const BYTES = randomBytes(1000);

test('what passes again, in whatever pieces, counts once', () => {
  const places = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(300)), { maxLength: 50 });
  fc.assert(
    fc.property(places, (pieces) => {
      const checksum = new Checksum('SHA-256', 0);
      for (const [back, length] of pieces) {
        const position = Math.floor(back * checksum.position);
        checksum.add(BYTES.subarray(position, position + length), position);
      }
      assert.deepEqual(checksum.digest(), createHash('sha256').update(BYTES.subarray(0, checksum.position)).digest());
    }),
  );
});

test('a checksum begins where it is told to, ends where it is told to, and begins again', async () => {
  const checksum = new Checksum('CRC32', 100);
  const pieces = async function* (): AsyncIterable<Uint8Array> {
    yield BYTES.subarray(100, 400);
    yield BYTES.subarray(400);
  };
  await checksum.addAll(pieces(), 500);
  assert.equal(checksum.position, 500);
  checksum.reset();
  await checksum.addAll(pieces(), 500);
  assert.equal(checksum.digest().readUInt32BE(), crc32(BYTES.subarray(100, 500)));
});

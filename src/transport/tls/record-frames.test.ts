import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RecordFrames } from './record-frames.ts';

function record(length: number): Buffer {
  const header = Buffer.from([0x17, 3, 3, 0, 0]);
  header.writeUInt16BE(length, 3);
  return Buffer.concat([header, Buffer.alloc(length, 0xff)]);
}

test('bytes end within a record unless they end where one does, however they are cut into chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(40), fc.constantFrom(0, 255, 256, 16_401, 65_535)), { minLength: 1, maxLength: 5 }),
      fc.nat(),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 }),
      (lengths, cut, sizes) => {
        const records = lengths.map(record);
        const bytes = Buffer.concat(records).subarray(0, cut % (Buffer.concat(records).length + 1));
        const ends = new Set([0]);
        records.reduce((at, { length }) => {
          ends.add(at + length);
          return at + length;
        }, 0);
        const frames = new RecordFrames();
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          frames.pass(bytes.subarray(at, at + size));
          at += size;
        }
        assert.equal(frames.isWithin, !ends.has(bytes.length));
      },
    ),
  );
});

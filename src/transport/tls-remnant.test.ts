import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { TlsRemnant } from './tls-remnant.ts';

const record = fc
  .tuple(fc.integer({ min: 20, max: 23 }), fc.uint8Array({ maxLength: 300 }))
  .map(([type, body]) => Buffer.from([type, 3, 3, body.length >> 8, body.length & 0xff, ...body]));
const clear = fc
  .uint8Array({ maxLength: 100 })
  .filter(([first = 0]) => first < 20 || first > 23)
  .map((bytes) => Buffer.from(bytes));

test('whatever the chunks, whole records in front are passed over and the rest comes through as it is', () => {
  fc.assert(
    fc.property(fc.array(record), clear, fc.array(fc.integer({ min: 1, max: 40 })), (records, text, sizes) => {
      const wire = Buffer.concat([...records, text]);
      const remnant = new TlsRemnant();
      const out: Buffer[] = [];
      for (let at = 0, turn = 0; at < wire.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? wire.length;
        out.push(remnant.strip(wire.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(Buffer.concat(out), text);
    }),
  );
});

test('a record behind the first byte in the clear is not looked for', () => {
  const remnant = new TlsRemnant();
  const text = Buffer.from('NOOP\r\n\x17\x03\x03\x00\x01x', 'latin1');
  assert.deepEqual(remnant.strip(text), text);
  assert.deepEqual(remnant.strip(text.subarray(6)), text.subarray(6));
});

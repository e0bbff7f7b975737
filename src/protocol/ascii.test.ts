import assert from 'node:assert/strict';
import { Readable, type Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fromNetworkAscii, toNetworkAscii } from './ascii.ts';

function through(step: Transform, chunks: readonly Uint8Array[]): Promise<Buffer> {
  return buffer(Readable.from(chunks, { objectMode: false }).pipe(step));
}

const converted = async (step: Transform, ...texts: readonly string[]) =>
  (
    await through(
      step,
      texts.map((text) => Buffer.from(text, 'latin1')),
    )
  ).toString('latin1');

test('on the way out each line end becomes CRLF, one that is CRLF already too, and a CR alone is left alone', async () => {
  assert.equal(await converted(toNetworkAscii(), 'a\nb\r', '\n\rc\n'), 'a\r\nb\r\n\rc\r\n');
  assert.equal(await converted(toNetworkAscii(), 'a\r\n\r\nb\r', '', '\n\n', '\n'), 'a\r\n\r\nb\r\n\r\n\r\n');
});

test('on the way in each CRLF becomes LF, and a CR or LF alone is left alone', async () => {
  assert.equal(await converted(fromNetworkAscii(), 'a\r\nb\rc\nd\r\r\n'), 'a\nb\rc\nd\r\n');
});

test('a CRLF that is cut between two chunks is one line end, and a CR at the very end stays', async () => {
  assert.equal(await converted(fromNetworkAscii(), 'a\r', '\nb\r', 'c\r', '\r', '\nd\r'), 'a\nb\rc\r\nd\r');
});

test('bytes above 127 pass unchanged', async () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x0a);
  assert.deepEqual(await through(toNetworkAscii(), [all]), Buffer.from(all));
  assert.deepEqual(await through(fromNetworkAscii(), [all]), Buffer.from(all));
});

test('what goes out and comes in again is the same but for CRLF, which is LF then, however it is cut', async () => {
  const byte = fc.oneof(fc.constantFrom(0x0a, 0x0d), fc.integer({ min: 0, max: 255 }));
  const chunk = fc.array(byte, { minLength: 1, maxLength: 12 }).map((bytes) => Uint8Array.from(bytes));
  await fc.assert(
    fc.asyncProperty(fc.array(chunk), fc.integer({ min: 1, max: 5 }), async (chunks, size) => {
      const wire = await through(toNetworkAscii(), chunks);
      const pieces = Array.from({ length: Math.ceil(wire.length / size) }, (_, n) =>
        wire.subarray(n * size, (n + 1) * size),
      );
      const there = Buffer.concat(chunks).toString('latin1').replaceAll('\r\n', '\n');
      assert.equal((await through(fromNetworkAscii(), pieces)).toString('latin1'), there);
    }),
    { numRuns: 200 },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { dataFrames, encodeFrame, type Frame, FrameReader, type FrameType, MAX_DATA_BYTES } from './frames.ts';

const types: readonly FrameType[] = ['head', 'data', 'end', 'result', 'done'];
const anyFrame = fc
  .tuple(fc.constantFrom(...types), fc.uint8Array({ minLength: 1, maxLength: 300 }))
  .map(([type, bytes]) => ({ type, payload: Buffer.from(bytes) }));

/** Cut wherever the seed says. */
function cutInto(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function readAll(reader: FrameReader, chunks: readonly Buffer[]): readonly Frame[] {
  return chunks.flatMap((chunk) => reader.push(chunk));
}

test('Frames are the same however the stream is cut into chunks', () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 20 }), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(({ type, payload }) => encodeFrame(type, payload)));
      const reader = new FrameReader();
      const read = readAll(reader, cutInto(bytes, cuts));
      assert.deepEqual(read, frames);
      assert.equal(reader.isBetweenFrames, true);
    }),
  );
});

test('A stream that is cut gives the frames before the cut, and says that it stands within one', () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 4 }), fc.nat(), (frames, seed) => {
      const encoded = frames.map(({ type, payload }) => encodeFrame(type, payload));
      const bytes = Buffer.concat(encoded);
      const end = seed % bytes.length;
      const reader = new FrameReader();
      const whole = encoded.filter((_, index) => Buffer.concat(encoded.slice(0, index + 1)).length <= end).length;
      assert.equal(reader.push(bytes.subarray(0, end)).length, whole);
      assert.equal(reader.isBetweenFrames, Buffer.concat(encoded.slice(0, whole)).length === end);
    }),
  );
});

test('Whatever comes, a reader gives frames within their limits or says why it reads no further', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (chunks) => {
      const reader = new FrameReader();
      const frames = readAll(
        reader,
        chunks.map((chunk) => Buffer.from(chunk)),
      );
      for (const { payload } of frames) assert.ok(payload.length > 0 && payload.length <= MAX_DATA_BYTES);
      if (reader.failure) assert.deepEqual(reader.push(encodeFrame('done', '0')), []);
    }),
  );
});

test('A frame that comes byte by byte is held in no more memory than one that comes at once', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const frame = encodeFrame('data', Buffer.alloc(MAX_DATA_BYTES, 'x'));
  const used = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const reader = new FrameReader();
  for (let at = 0; at < frame.length - 1; at += 1) reader.push(frame.subarray(at, at + 1));
  const held = used() - before;
  assert.ok(held < 10 * MAX_DATA_BYTES, `${held} bytes are held`);
  assert.deepEqual(reader.push(frame.subarray(-1)), [{ type: 'data', payload: frame.subarray(5) }]);
});

for (const [name, header] of [
  ['an unknown type', [0x58, 0, 0, 0, 1]],
  ['no length', [0x44, 0, 0, 0, 0]],
  ['data of 65,537 bytes', [0x44, 0, 1, 0, 1]],
  ['a head of 8,193 bytes', [0x48, 0, 0, 32, 1]],
  ['the greatest length', [0x5a, 255, 255, 255, 255]],
] as const) {
  test(`A frame with ${name} is refused by its header; the frames before it are given`, () => {
    const reader = new FrameReader();
    const frames = reader.push(Buffer.concat([encodeFrame('done', '7'), Buffer.from(header)]));
    assert.deepEqual(frames, [{ type: 'done', payload: Buffer.from('7') }]);
    assert.equal(reader.failure?.name, 'BundleFailure');
  });
}

test('Content of any length becomes data frames of the longest kind and a rest', () => {
  for (const length of [0, 1, MAX_DATA_BYTES, MAX_DATA_BYTES + 1, 3 * MAX_DATA_BYTES]) {
    const frames = new FrameReader().push(Buffer.concat([...dataFrames(Buffer.alloc(length, 1))]));
    assert.equal(frames.length, Math.ceil(length / MAX_DATA_BYTES));
    assert.equal(
      frames.reduce((sum, { payload }) => sum + payload.length, 0),
      length,
    );
  }
});

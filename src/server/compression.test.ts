import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { LIMITS } from '../core/index.ts';
import { compress, decompress } from './compression.ts';

const RATIO = 1100;

async function inflated(bytes: Buffer, chunkBytes = 1000, ratio = RATIO): Promise<Buffer> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  const steps = decompress(ratio);
  const [, result] = await Promise.all([pipeline(Readable.from(chunks), steps), buffer(steps)]);
  return result;
}

test('what is compressed comes out again, however it is cut, zeros too', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(9_000_000)]) {
    const packed = await buffer(Readable.from([bytes]).pipe(compress()));
    for (const chunkBytes of [1, 1000, packed.length]) {
      if (chunkBytes === 1 && packed.length > 1000) continue;
      assert.deepEqual(await inflated(packed, chunkBytes), bytes);
    }
  }
});

test('bytes behind the end of the stream are refused, and nothing waits for ever', async () => {
  const packed = Buffer.concat([deflateSync('hello'), Buffer.from('X')]);
  for (const chunkBytes of [1, packed.length - 1, packed.length]) {
    await assert.rejects(inflated(packed, chunkBytes), { code: 'bad-data' });
  }
});

test('what is no such stream, or is cut, is refused', async () => {
  await assert.rejects(inflated(Buffer.from('not deflated')), { code: 'bad-data' });
  await assert.rejects(inflated(deflateSync('hello').subarray(0, 8)), { code: 'bad-data' });
});

test('a stream without a byte is an empty file', async () => {
  assert.deepEqual(await inflated(Buffer.alloc(0)), Buffer.alloc(0));
});

test('the ratio that holds by default can be passed, and what people keep stays below it', async () => {
  await assert.rejects(inflated(deflateSync(Buffer.alloc(50_000_000)), 1000, LIMITS.maxInflateRatio.default), {
    code: 'bad-data',
  });
  const lines = Array.from({ length: 100_000 }, (_, index) => `2026-11-30 alice RETR /in/${index} 226\n`);
  const log = Buffer.from(lines.join(''));
  const packed = deflateSync(log);
  assert.deepEqual(await inflated(packed, 1000, LIMITS.maxInflateRatio.default), log);
});

test('a stream that swells beyond the ratio is refused before it is all out', async () => {
  await assert.rejects(inflated(deflateSync(Buffer.alloc(50_000_000)), 1000, 100), { code: 'bad-data' });
});

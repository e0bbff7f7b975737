import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ROOT, resolvePath, type Storage } from '../../core/index.ts';
import { sample } from '../../testing/storage-contract/case.ts';
import { memoryStorage } from '../memory/memory-storage.ts';
import { encryptedStorage } from './encrypted-storage.ts';
import { CHUNK_BYTES, chunkOffset, NONCE_BYTES } from './layout.ts';

const path = resolvePath(ROOT, '/file');
const BYTES = sample(2 * CHUNK_BYTES + 500);
const RUNS = 40;

/** The nonces of three chunks, as they are stored. */
async function nonces(below: Storage): Promise<string[]> {
  const stored = await buffer(await below.read(path));
  return [0, 1, 2].map((index) => stored.toString('hex', chunkOffset(index), chunkOffset(index) + NONCE_BYTES));
}

/** What is kept of an upload that was interrupted, without the storage that would go on with it. */
async function snapshot(below: Storage): Promise<Buffer> {
  const open = await below.openWrite?.(path);
  const { size = 0 } = (await open?.stat()) ?? {};
  const bytes = Buffer.alloc(size);
  await open?.read(bytes, 0);
  await open?.suspend();
  return bytes;
}

test('an upload that goes on twice from the same interrupted one, as after a crash, uses no nonce twice', async () => {
  const below = memoryStorage();
  const storage = encryptedStorage(below, { keys: [randomBytes(32)] });
  const first = await storage.write(path);
  first.sink.write(BYTES.subarray(0, CHUNK_BYTES + 100));
  await first.suspend();
  const kept = await snapshot(below);
  const seen: string[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const resumed = await storage.write(path, { at: CHUNK_BYTES + 100 });
    resumed.sink.write(BYTES.subarray(CHUNK_BYTES + 100).map((byte) => byte ^ run));
    await resumed.commit();
    const [standing, ...sealed] = await nonces(below);
    assert.equal(standing, kept.toString('hex', chunkOffset(0), chunkOffset(0) + NONCE_BYTES));
    seen.push(...sealed);
    await storage.remove(path);
    const back = await below.write(path);
    back.sink.write(kept);
    await back.suspend();
  }
  assert.equal(new Set(seen).size, 2 * RUNS);
});

test('a chunk that is written again and again gets a new nonce each time, also with the same bytes', async () => {
  const below = memoryStorage();
  const storage = encryptedStorage(below, { keys: [randomBytes(32)] });
  const upload = await storage.write(path);
  upload.sink.write(BYTES);
  await upload.commit();
  const [first, , last] = await nonces(below);
  const seen = [];
  for (let run = 0; run < RUNS; run += 1) {
    const file = await storage.openWrite?.(path);
    await file?.write(BYTES.subarray(CHUNK_BYTES, CHUNK_BYTES + 10), CHUNK_BYTES);
    await file?.flush();
    await file?.write(BYTES.subarray(CHUNK_BYTES, CHUNK_BYTES + 10), CHUNK_BYTES);
    await file?.commit();
    const [standing, changed, end] = await nonces(below);
    assert.equal(standing, first);
    seen.push(changed, end);
  }
  assert.equal(new Set([...seen, last]).size, 2 * RUNS + 1);
  assert.ok(BYTES.equals(await buffer(await storage.read(path))));
});

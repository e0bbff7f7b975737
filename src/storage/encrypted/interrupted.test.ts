import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ROOT, resolvePath, type Storage } from '../../core/index.ts';
import { sample } from '../../testing/storage-contract/case.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { localStorage } from '../local/local-storage.ts';
import { memoryStorage } from '../memory/memory-storage.ts';
import { encryptedStorage } from './encrypted-storage.ts';
import { CHUNK_BYTES, chunkOffset, SEALED_CHUNK_BYTES } from './layout.ts';

const path = resolvePath(ROOT, '/file');
const BYTES = sample(5 * CHUNK_BYTES + 321);

/** An interrupted upload whose stored bytes end here, as the storage below may keep it of a process that was killed. */
async function cutTo(length: number): Promise<{ readonly storage: Storage; readonly size: number }> {
  const below = memoryStorage();
  const storage = encryptedStorage(below, { keys: [randomBytes(32)] });
  const upload = await storage.write(path);
  upload.sink.write(BYTES.subarray(0, 3 * CHUNK_BYTES + 1000));
  await upload.suspend();
  const open = await below.openWrite?.(path);
  await open?.truncate(length);
  await open?.suspend();
  return { storage, size: (await storage.partial?.(path))?.size ?? 0 };
}

async function goOn(storage: Storage, at: number | 'end', from: number): Promise<void> {
  const upload = await storage.write(path, { at });
  upload.sink.write(BYTES.subarray(from));
  await upload.commit();
}

test('an upload goes on from where it is told to end, also where its process was killed between two chunks', async () => {
  for (const chunks of [1, 2, 3]) {
    for (const at of ['size', 'end', 'earlier'] as const) {
      const { storage, size } = await cutTo(chunkOffset(chunks));
      assert.ok(size > (chunks - 1) * CHUNK_BYTES && size <= chunks * CHUNK_BYTES);
      const position = at === 'earlier' ? size - 70_000 : size;
      if (position < 0) continue;
      await goOn(storage, at === 'end' ? 'end' : position, position);
      assert.ok(BYTES.equals(await buffer(await storage.read(path))));
    }
  }
});

test('of an upload whose last chunk was never stored whole, less is there than it seems: that is said, and then told', async () => {
  for (const length of [chunkOffset(3) + 500, chunkOffset(2) + SEALED_CHUNK_BYTES - 1, chunkOffset(1) + 100]) {
    for (const at of ['size', 'end'] as const) {
      const { storage, size } = await cutTo(length);
      await assert.rejects(goOn(storage, at === 'end' ? at : size, size), { code: 'bad-offset' });
      const now = (await storage.partial?.(path))?.size ?? 0;
      assert.ok(now < size && now % CHUNK_BYTES === 0 && now > 0);
      await goOn(storage, now, now);
      assert.ok(BYTES.equals(await buffer(await storage.read(path))));
    }
  }
});

test('of an upload of which nothing whole was stored nothing is kept', async () => {
  for (const length of [1, 400, 512, 530]) {
    const { storage, size } = await cutTo(length);
    assert.equal(size, 0);
    await goOn(storage, 0, 0);
    assert.ok(BYTES.equals(await buffer(await storage.read(path))));
  }
});

const KEY = randomBytes(32);

/** Confirms one file, then goes on with an interrupted one and begins others, until it is killed. */
const UPLOADER = `
  const { localStorage, encryptedStorage } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)});
  const [root, key, committed] = process.argv.slice(1);
  const storage = encryptedStorage(await localStorage({ root }), { keys: [Buffer.from(key, 'hex')] });
  const write = async (path, options) => {
    const upload = await storage.write(path, options);
    await new Promise((resolve) => upload.sink.write(Buffer.alloc(300_000, 'x'), resolve));
    return upload;
  };
  await (await write(committed)).commit();
  await (await write(committed, { at: 'end' })).commit();
  await write('/file', { at: 200_000 });
  await write('/new');
  await write(committed, { at: 5 });
  process.stdout.write('ready');
  setInterval(() => {}, 60_000);
`;

test('a process that is killed loses nothing that it confirmed, publishes nothing else, and leaves what can be gone on with', async () => {
  await using local = await temporaryStorage();
  const before = encryptedStorage(local.storage, { keys: [KEY] });
  const upload = await before.write(path);
  upload.sink.write(BYTES);
  await upload.suspend();
  const args = ['--input-type=module', '-e', UPLOADER, local.root, KEY.toString('hex'), '/committed'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');

  await using next = await localStorage({ root: local.root });
  await next.sweep({ partialKeepMs: Number.POSITIVE_INFINITY });
  const storage = encryptedStorage(next, { keys: [KEY] });
  const names = (await Array.fromAsync(storage.list(ROOT))).flat().map(({ name }) => name);
  assert.deepEqual(names, ['committed']);
  const committed = await buffer(await storage.read(resolvePath(ROOT, '/committed')));
  assert.ok(committed.equals(Buffer.alloc(600_000, 'x')));
  const size = (await storage.partial?.(path))?.size ?? 0;
  assert.ok(size > 0 && size <= 200_000, `${size}`);
  await goOn(storage, size, size);
  assert.ok(BYTES.equals(await buffer(await storage.read(path))));
});

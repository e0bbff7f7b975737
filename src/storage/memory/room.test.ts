import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ROOT, resolvePath } from '../../core/index.ts';
import { memoryStorage } from './memory-storage.ts';

const file = resolvePath(ROOT, '/file');
const other = resolvePath(ROOT, '/other');

test('a memory storage holds no more bytes than it may, whatever becomes of them', async () => {
  const storage = memoryStorage({ maxBytes: 100 });
  const free = async (): Promise<number | undefined> => (await storage.space?.(ROOT))?.free;
  const begin = async (bytes: number, path = file, at?: 'end') => {
    const upload = await storage.write(path, at && { at });
    upload.sink.write(Buffer.alloc(bytes));
    return upload;
  };

  await (await begin(60)).commit();
  assert.equal(await free(), 40);
  await assert.rejects((await begin(50)).commit(), { code: 'no-space' });
  assert.equal(await free(), 40);
  await (await begin(30)).commit();
  assert.equal(await free(), 70);
  await (await begin(10, file, 'end')).commit();
  assert.equal(await free(), 60);
  await (await begin(20, other)).suspend();
  assert.equal(await free(), 40);
  await (await begin(5, other, 'end')).commit();
  assert.equal(await free(), 35);
  await storage.rename(other, file);
  assert.equal(await free(), 75);
  await (await begin(5)).discard();
  await storage.remove(file);
  assert.equal(await free(), 100);
  await assert.rejects(storage.write(file, { expectedSize: 101 }), { code: 'no-space' });
});

test('an append takes room for no more than what comes, also where others have changed the file meanwhile', async () => {
  const storage = memoryStorage({ maxBytes: 100 });
  const free = async (): Promise<number | undefined> => (await storage.space?.(ROOT))?.free;
  const begin = async (bytes: number, at?: 'end') => {
    const upload = await storage.write(file, at && { at });
    upload.sink.write(Buffer.alloc(bytes));
    return upload;
  };

  await (await begin(70)).commit();
  const appends = [await begin(10, 'end'), await begin(10, 'end'), await begin(10, 'end')] as const;
  assert.equal(await free(), 0);
  for (const append of appends.slice(1)) await append.commit();
  assert.equal((await storage.stat(file)).size, 90);
  assert.equal(await free(), 0);
  await storage.remove(file);
  assert.equal(await free(), 90);
  await appends[0].commit();
  assert.equal(await free(), 90);
});

test('an open file that was made shorter again keeps no memory beyond its room', async () => {
  const maxBytes = 32 * 1024 * 1024;
  const storage = memoryStorage({ maxBytes });
  const before = process.memoryUsage().arrayBuffers;
  const open = [];
  for (let opened = 0; opened < 32; opened += 1) {
    const opening = await storage.openWrite?.(resolvePath(ROOT, `/${opened}`));
    await opening?.truncate(maxBytes);
    await opening?.truncate(0);
    open.push(opening);
  }
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = () => process.memoryUsage().arrayBuffers - before;
  // A thread of V8 frees what was collected.
  for (let rounds = 0; rounds < 1000 && held() >= 16 * maxBytes; rounds += 1) {
    collect();
    await setImmediate();
  }
  assert.ok(held() < 16 * maxBytes, `${held()}`);
  for (const each of open) await each?.discard();
});

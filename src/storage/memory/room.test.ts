import assert from 'node:assert/strict';
import { test } from 'node:test';
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

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT, resolvePath, type Storage } from '../core/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { setModified } from './set-modified.ts';

const FILE = resolvePath(ROOT, '/file');
const LAST = Date.parse('2446-05-10T22:38:55Z');

/** Times as ext4 keeps them: whole seconds here, and none after its last one. */
async function shortLived(): Promise<Storage> {
  const storage = memoryStorage();
  const upload = await storage.write(FILE);
  await upload.commit();
  const set = storage.setModified?.bind(storage);
  return Object.assign(storage, {
    setModified: (path: typeof FILE, time: Date) =>
      set?.(path, new Date(Math.min(LAST, Math.floor(time.getTime() / 1000) * 1000))),
  });
}

test('a time that the disk can not keep is refused, and the old one stands', async () => {
  const storage = await shortLived();
  const old = new Date('2020-01-02T03:04:05.678Z');
  await setModified(storage, FILE, old);
  const kept = (await storage.stat(FILE)).modified;
  assert.deepEqual(kept, new Date('2020-01-02T03:04:05Z'));
  await assert.rejects(setModified(storage, FILE, new Date('9999-01-01T00:00:00Z')), { code: 504 });
  assert.deepEqual((await storage.stat(FILE)).modified, kept);
});

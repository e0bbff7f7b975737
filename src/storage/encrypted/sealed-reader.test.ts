import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { entryOfSource, ROOT, resolvePath } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { encryptedStorage } from './encrypted-storage.ts';

test('what is read of an encrypted file tells which file that is, with the length that it has to readers', async () => {
  await using local = await temporaryStorage({ durability: 'fast' });
  const storage = encryptedStorage(local.storage, { keys: [randomBytes(32)], namesKey: randomBytes(32) });
  const path = resolvePath(ROOT, '/a');
  const upload = await storage.write(path);
  upload.sink.end('content');
  await upload.commit();
  const source = await storage.read(path);
  assert.deepEqual(entryOfSource(source), await storage.stat(path));
  source.destroy();
});

import assert from 'node:assert/strict';
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';

test('a new file has the mode that is set, and one that is replaced keeps its own', async () => {
  await using temporary = await temporaryStorage({ fileMode: 0o660 });
  const { root, storage } = temporary;
  const path = resolvePath(ROOT, 'file');
  const mode = async () => (await stat(join(root, 'file'))).mode & 0o777;
  await (await storage.write(path)).commit();
  assert.equal(await mode(), 0o660);
  await chmod(join(root, 'file'), 0o604);
  await (await storage.write(path)).commit();
  assert.equal(await mode(), 0o604);
});

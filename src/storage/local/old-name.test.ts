import assert from 'node:assert/strict';
import { link, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath, StorageError } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { entryAt } from './changes.ts';
import { dropOldName, moveBesideNothing } from './old-name.ts';
import { Walk } from './walk.ts';

const at = (path: string) => resolvePath(ROOT, path);

async function contents(root: string): Promise<readonly string[]> {
  const names = (await readdir(root)).filter((name) => !name.startsWith('.'));
  return Promise.all(names.toSorted().map(async (name) => `${name}=${await readFile(join(root, name), 'utf8')}`));
}

/** A file that has its new name already, and what another program does before the old one goes. */
async function dropped(meanwhile: (root: string) => Promise<void>): Promise<readonly string[]> {
  await using temporary = await temporaryStorage();
  const { root } = temporary;
  await writeFile(join(root, 'from'), 'content');
  await using walk = await Walk.from(root);
  await using from = await walk.resolve(at('/from'));
  await using to = await walk.resolve(at('/to'));
  const moved = await entryAt(from);
  assert.ok(moved);
  await link(join(root, 'from'), join(root, 'to'));
  await meanwhile(root);
  await dropOldName(from, to, moved);
  return await contents(root);
}

test('the old name of a moved file goes, and what another program put there in between stays', async () => {
  assert.deepEqual(await dropped(async () => undefined), ['to=content']);
  const others = await dropped(async (root) => {
    await writeFile(join(root, 'other'), 'another file');
    await rename(join(root, 'other'), join(root, 'from'));
  });
  assert.deepEqual(others, ['from=another file', 'to=content']);
});

test('a file whose old name another program has given it anew in between keeps its new one', async () => {
  const renamed = await dropped((root) => rename(join(root, 'from'), join(root, 'elsewhere')));
  assert.deepEqual(renamed, ['elsewhere=content', 'to=content']);
});

test('another file that came under the old name is not moved in the place of the one that was meant', async () => {
  await using temporary = await temporaryStorage();
  const { root } = temporary;
  await writeFile(join(root, 'from'), 'content');
  await using walk = await Walk.from(root);
  await using from = await walk.resolve(at('/from'));
  await using to = await walk.resolve(at('/to'));
  const moved = await entryAt(from);
  assert.ok(moved);
  await writeFile(join(root, 'other'), 'another file');
  await rename(join(root, 'other'), join(root, 'from'));
  await assert.rejects(moveBesideNothing(from, to, moved, false), (error) => {
    return error instanceof StorageError && error.code === 'busy';
  });
  assert.deepEqual(await contents(root), ['from=another file']);
});

test('a rename to the other name of the same file takes the old one away', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await writeFile(join(root, 'from'), 'content');
  // As a crash in a move leaves it.
  await link(join(root, 'from'), join(root, 'to'));
  await storage.rename(at('/from'), at('/to'));
  assert.deepEqual(await contents(root), ['to=content']);
});

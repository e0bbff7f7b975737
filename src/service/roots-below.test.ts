import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lockFile } from '../database/index.ts';
import { LOCK_NAME } from '../storage/index.ts';
import { rootsBelow } from './roots-below.ts';

async function directory(context: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'lockport-roots-'));
  context.after(() => rm(root, { recursive: true }));
  return root;
}

async function lockIn(...names: readonly string[]): Promise<Disposable> {
  const path = join(...names);
  await mkdir(path, { recursive: true });
  return lockFile(join(path, LOCK_NAME));
}

test('a root below is seen while it is held, and is abandoned afterwards; its own lock is none', async (context) => {
  const root = await directory(context);
  using _ = await lockIn(root);
  const lock = await lockIn(root, 'a', 'b', 'c');
  assert.deepEqual(await rootsBelow(root), { held: join(root, 'a/b/c'), abandoned: [], isComplete: false });
  lock[Symbol.dispose]();
  assert.deepEqual(await rootsBelow(root), { abandoned: ['/a/b/c'], isComplete: true });
});

test('a bound leaves out what lies deepest, and is told of', async (context) => {
  const root = await directory(context);
  using _ = await lockIn(root, 'a', 'deep', 'er');
  for (const name of ['b', 'c']) await mkdir(join(root, name));
  const bounded = await rootsBelow(root, { maxDirectories: 4 });
  assert.deepEqual(bounded, { abandoned: [], isComplete: false });
  using __ = await lockIn(root, 'b');
  assert.equal((await rootsBelow(root, { maxDirectories: 4 })).held, join(root, 'b'));
  assert.equal((await rootsBelow(root, { signal: AbortSignal.abort() })).isComplete, false);
});

test('what is no lock of a server is none, and links are not followed', async (context) => {
  const root = await directory(context);
  const other = await directory(context);
  using _ = await lockIn(other);
  await symlink(other, join(root, 'link'));
  await mkdir(join(root, 'a', LOCK_NAME), { recursive: true });
  await mkdir(join(root, 'b'));
  await symlink(join(other, LOCK_NAME), join(root, 'b', LOCK_NAME));
  await mkdir(join(root, 'c'));
  await writeFile(join(root, 'c', LOCK_NAME), 'no database');
  assert.deepEqual(await rootsBelow(root), { abandoned: [], isComplete: true });
});

test('a directory whose name is no text is looked into', { skip: process.platform !== 'linux' }, async (context) => {
  const root = await directory(context);
  const odd = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x0a])]);
  await mkdir(odd);
  using _ = lockFile(Buffer.concat([odd, Buffer.from(`/${LOCK_NAME}`)]));
  assert.ok((await rootsBelow(root)).held?.startsWith(`${root}/`));
});

import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isBusy, isFileLocked, lockFile } from '../database/index.ts';
import { LOCK_NAME } from '../storage/index.ts';
import { lockRemovable } from './removable-lock.ts';
import { lockRoot } from './root-lock.ts';
import { StartError } from './start-error.ts';

const OPTIONS = { warn: (message: string) => assert.fail(message) };

async function inAndOut(context: TestContext) {
  const outer = await realpath(await mkdtemp(join(tmpdir(), 'lockport-lock-')));
  context.after(() => rm(outer, { recursive: true }));
  const inner = join(outer, 'a', 'b');
  await mkdir(inner, { recursive: true });
  return { outer, inner };
}

test('a start that is refused leaves no lock of its own, within or around the root of another server', async (context) => {
  const { outer, inner } = await inAndOut(context);
  for (const [held, refused, left] of [
    [outer, inner, []],
    [inner, outer, ['a']],
  ] as const) {
    using _ = lockFile(join(held, LOCK_NAME));
    await assert.rejects(lockRoot(refused, OPTIONS), StartError);
    assert.deepEqual(await readdir(refused), left);
    unlinkSync(join(held, LOCK_NAME));
  }
});

test('a start that is refused leaves a lock that it found', async (context) => {
  const { outer, inner } = await inAndOut(context);
  await writeFile(join(outer, LOCK_NAME), '');
  using _ = lockFile(join(inner, LOCK_NAME));
  await assert.rejects(lockRoot(outer, OPTIONS), StartError);
  assert.deepEqual((await readdir(outer)).toSorted(), [LOCK_NAME, 'a']);
});

test('a start removes the free locks below its root, which clients could not, and keeps its own', async (context) => {
  const { outer, inner } = await inAndOut(context);
  await writeFile(join(inner, LOCK_NAME), '');
  {
    using lock = await lockRoot(outer, OPTIONS);
    assert.deepEqual(lock.abandoned, ['/a/b']);
    assert.deepEqual(await readdir(inner), []);
  }
  assert.deepEqual((await readdir(outer)).toSorted(), [LOCK_NAME, 'a']);
});

test('a lock whose file another start removed before it was held is taken anew', async (context) => {
  const { outer } = await inAndOut(context);
  const file = join(outer, LOCK_NAME);
  let isRemoved = false;
  const lock = lockRemovable(file, (opened) => {
    const held = lockFile(opened);
    if (!isRemoved) unlinkSync(file);
    isRemoved = true;
    return held;
  });
  assert.ok(isFileLocked(file));
  lock.remove();
  assert.deepEqual(await readdir(outer), ['a']);
});

test('a lock that fails as its file is being removed is tried again, and one that another holds is not', async (context) => {
  const { outer } = await inAndOut(context);
  const file = join(outer, LOCK_NAME);
  let tries = 0;
  const lock = lockRemovable(file, (opened) => {
    tries += 1;
    if (tries === 1) throw new Error('disk I/O error');
    return lockFile(opened);
  });
  assert.throws(() => lockRemovable(file), isBusy);
  assert.equal(tries, 2);
  lock.remove();
});

import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, readdir, realpath, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { privateDirectory } from './compile-cache.ts';

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

async function homeOf(context: TestContext): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'lockport-home-')));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

test('what is compiled is kept in a directory that is made for its user alone', async (context) => {
  const home = await homeOf(context);
  const directory = join(home, '.cache', 'lockport', 'compiled');
  assert.equal(privateDirectory(directory), directory);
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  assert.equal(privateDirectory(directory), directory, 'also when it is there already');
});

for (const who of ['group', 'others'] as const) {
  for (const which of ['compiled', 'lockport', '.cache'] as const) {
    test(`nothing is kept, and nothing believed, where ${who} may write to ${which}`, async (context) => {
      const home = await homeOf(context);
      const names = ['.cache', 'lockport', 'compiled'];
      const directory = join(home, ...names);
      await mkdir(directory, { recursive: true });
      await chmod(join(home, ...names.slice(0, names.indexOf(which) + 1)), who === 'group' ? 0o770 : 0o707);
      assert.equal(privateDirectory(directory), undefined);
    });
  }
}

test('nothing is kept in the home of another user, as sudo may leave it to root', {
  skip: !isRoot,
}, async (context) => {
  const home = await homeOf(context);
  await chown(home, NOBODY, NOBODY);
  assert.equal(privateDirectory(join(home, '.cache', 'lockport', 'compiled')), undefined);
  assert.deepEqual(await readdir(home), [], 'nor is anything made there that this user could not remove');
});

test('nothing is kept behind a link into a directory that others may write to', async (context) => {
  const home = await homeOf(context);
  const open = join(home, 'open');
  await mkdir(open);
  await chmod(open, 0o777);
  await symlink(open, join(home, '.cache'));
  assert.equal(privateDirectory(join(home, '.cache', 'lockport', 'compiled')), undefined);
});

test('nothing is kept where no directory can be made', async (context) => {
  const home = await homeOf(context);
  await symlink(join(home, 'nowhere', 'else'), join(home, '.cache'));
  assert.equal(privateDirectory(join(home, '.cache', 'lockport')), undefined);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT, resolvePath } from '../core/index.ts';
import { lockFile } from '../database/index.ts';
import { LOCK_NAME } from '../storage/index.ts';
import { loadConfiguration } from './configuration/index.ts';
import { makeStorageDirectories, openStorages } from './storages.ts';

const PARTS = {
  shared: { local: {}, keys: {}, remotes: {} },
  lock: { warn: () => undefined },
  limits: { partialKeepMs: 1000 },
  log: () => undefined,
  onGivenBack: () => undefined,
};

async function configured(context: TestContext) {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-storages-'));
  context.after(() => rm(directory, { recursive: true }));
  const [homes, cold] = [path.join(directory, 'homes'), path.join(directory, 'cold')];
  const environment = { LOCKPORT_ROOT: homes, LOCKPORT_STORAGES: `{cold: {kind: local, path: ${cold}}}` };
  const { configuration } = await loadConfiguration({ environment, flags: {} });
  return { configuration, homes, cold };
}

test('all storages of a configuration are opened by name, each in a directory that is made where it is missing', async (context) => {
  const { configuration, homes, cold } = await configured(context);
  assert.deepEqual(makeStorageDirectories(configuration), [cold, homes]);
  assert.deepEqual(makeStorageDirectories(configuration), []);
  await using storages = await openStorages(configuration, PARTS);
  assert.deepEqual([...storages.byName.keys()], ['default', 'cold']);
  assert.equal(storages.byName.get('default'), storages.default);
  const upload = await storages.byName.get('cold')?.write(ROOT.concat('file') as typeof ROOT);
  await upload?.commit();
  assert.deepEqual([existsSync(path.join(cold, 'file')), existsSync(path.join(homes, 'file'))], [true, false]);
});

test('where one storage can not be opened none is, and what was held is free again', async (context) => {
  const { configuration, cold } = await configured(context);
  makeStorageDirectories(configuration);
  await rm(cold, { recursive: true });
  await assert.rejects(openStorages(configuration, PARTS), /cold/);
  makeStorageDirectories(configuration);
  await using storages = await openStorages(configuration, PARTS);
  await assert.rejects(openStorages(configuration, PARTS), { name: 'StartError' });
  assert.equal(storages.byName.size, 2);
});

test('the lock of a killed server goes with the directory that its owner removes, and one that is held stays', async (context) => {
  const { configuration, homes } = await configured(context);
  makeStorageDirectories(configuration);
  await using storages = await openStorages(configuration, PARTS);
  const remove = (name: string) => storages.default.removeDirectory(resolvePath(ROOT, name));
  for (const name of ['killed', 'held', 'odd']) await mkdir(path.join(homes, name));
  await leaveLock(path.join(homes, 'killed', LOCK_NAME));
  assert.equal((await readdir(path.join(homes, 'killed'))).length, 2);
  await remove('killed');
  using _ = lockFile(path.join(homes, 'held', LOCK_NAME));
  await writeFile(path.join(homes, 'odd', LOCK_NAME), 'no database');
  const partial = '.lockport-0123.partial';
  for (const name of ['held', 'odd']) {
    await writeFile(path.join(homes, name, partial), '');
    await assert.rejects(remove(name), { name: 'StorageError', code: 'busy' });
    const left = await readdir(path.join(homes, name));
    assert.ok(left.includes(partial) && left.includes(LOCK_NAME));
  }
});

test('a sweep looks into the root of a server that has ended, and leaves that of another one alone', async (context) => {
  const { configuration, homes } = await configured(context);
  makeStorageDirectories(configuration);
  await using storages = await openStorages(configuration, PARTS);
  for (const name of ['free', 'held']) {
    await mkdir(path.join(homes, name));
    await writeFile(path.join(homes, name, LOCK_NAME), '');
    await writeFile(path.join(homes, name, '.lockport-a0a0a0a0a0a0x.tmp'), '');
  }
  using _ = lockFile(path.join(homes, 'held', LOCK_NAME));
  const swept = await storages.locals.get('default')?.sweep({ partialKeepMs: 0, endedProcess: 'a0a0a0a0a0a0' });
  assert.deepEqual(swept, { temporaries: 1, partials: 0, givenBack: 0, otherRoot: '/held' });
  assert.deepEqual(await readdir(path.join(homes, 'free')), []);
});

/** As a process leaves it that is killed while it holds it. */
async function leaveLock(file: string): Promise<void> {
  const database = new URL('../database/index.ts', import.meta.url).href;
  const program = `(await import(process.argv[1])).lockFile(process.argv[2]); process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, database, file]);
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
}

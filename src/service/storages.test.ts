import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT } from '../core/index.ts';
import { loadConfiguration } from './configuration/index.ts';
import { makeStorageDirectories, openStorages } from './storages.ts';

const PARTS = {
  shared: {},
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

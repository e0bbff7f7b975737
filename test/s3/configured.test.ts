import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type TestContext, test } from 'node:test';
import type { Account } from '../../src/core/index.ts';
import { loadConfiguration } from '../../src/service/configuration/index.ts';
import { makeHome } from '../../src/service/home.ts';
import { checkStorage } from '../../src/service/s3.ts';
import { makeStorageDirectories, openStorages } from '../../src/service/storages.ts';
import { at, content, put } from '../../src/testing/storage-contract/case.ts';
import { type S3Service, s3Service } from './service/service.ts';

const PARTS = {
  shared: { local: {}, keys: {}, remotes: {} },
  lock: { warn: () => undefined },
  limits: { partialKeepMs: 1000 },
  log: () => undefined,
  onGivenBack: () => undefined,
};

/** A configuration with the service's bucket; the credentials come from the environment, as the SDK's chain has it. */
async function configured(context: TestContext, { options }: S3Service) {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-s3-'));
  context.after(() => rm(directory, { recursive: true }));
  const { accessKeyId, secretAccessKey } = options.credentials;
  const names = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  for (const [name, value] of Object.entries(names)) {
    const before = process.env[name];
    process.env[name] = value;
    context.after(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
  const { bucket, endpoint, region } = options;
  const s3 = JSON.stringify({ bucket, endpoint, region, pathStyle: true, prefix: 'archive' });
  return loadConfiguration({
    environment: {
      LOCKPORT_ROOT: path.join(directory, 'homes'),
      LOCKPORT_STORAGES: `{archive: {kind: s3, s3: ${s3}}}`,
    },
    flags: {},
  });
}

test('a bucket of the configuration is a storage by its name', async (context) => {
  await using service = await s3Service();
  const { configuration } = await configured(context, service);
  makeStorageDirectories(configuration);
  await using storages = await openStorages(configuration, PARTS);
  const archive = storages.byName.get('archive');
  assert.ok(archive);
  await put(archive, '/file', 'content');
  assert.equal(await content(archive, '/file'), 'content');
  assert.ok(service.objects.stored.has('archive/file'));
});

test('an account gets the directories of its mount in a bucket', async (context) => {
  await using service = await s3Service();
  const { configuration } = await configured(context, service);
  makeStorageDirectories(configuration);
  const mounts = [{ at: at('/cold'), storage: 'archive', path: at('/users/anna') }];
  assert.deepEqual(
    await makeHome(configuration, { home: at('/'), mounts, rights: [], directories: [] } as unknown as Account),
    ['/cold'],
  );
  assert.ok(service.objects.stored.has('archive/users/anna/'));
});

test('what a service can is tried, told, and leaves nothing', async (context) => {
  await using service = await s3Service();
  const { configuration } = await configured(context, service);
  const abilities = await Array.fromAsync(checkStorage(configuration, 'archive'));
  assert.equal(abilities.length, 10);
  assert.deepEqual(
    abilities.filter(({ isThere }) => !isThere),
    [],
  );
  assert.equal(service.objects.stored.size + service.objects.uploads.size, 0);
});

test('what a service can not is told with what follows', async (context) => {
  await using service = await s3Service();
  const { configuration } = await configured(context, service);
  service.fault = ({ method, query }) =>
    method === 'GET' && query.has('uploadId') ? { kind: 'status', status: 501, code: 'NotImplemented' } : undefined;
  const abilities = await Array.fromAsync(checkStorage(configuration, 'archive'));
  const missing = abilities.filter(({ isThere }) => !isThere);
  assert.deepEqual(
    missing.map(({ name, isNeeded }) => [name, isNeeded]),
    [['upload in parts, and find them again', true]],
  );
  assert.match(missing[0]?.detail ?? '', /can not do this \(NotImplemented\)/);
});

test('a bucket holds no homes, and a storage of S3 has nothing of other kinds', async () => {
  for (const [storages, message] of [
    ['{default: {kind: s3, s3: {bucket: b}}}', /mount/],
    ['{a: {kind: s3}}', /where the bucket is/],
    ['{a: {kind: s3, s3: {bucket: b}, path: /srv}}', /means nothing/],
    ['{a: {kind: local, path: /srv, s3: {bucket: b}}}', /means nothing/],
    ['{a: {kind: s3, s3: {bucket: b, partMib: 4}}}', /5 to 1024/],
    ['{a: {kind: s3, s3: {bucket: b, encryptionKey: k}}}', /aws:kms/],
    ['{a: {kind: s3, s3: {bucket: b, endpoint: "ftp://x"}}}', /URL/],
  ] as const) {
    await assert.rejects(loadConfiguration({ environment: { LOCKPORT_STORAGES: storages }, flags: {} }), message);
  }
});

import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { asStorage, connect } from '../client/index.ts';
import { ROOT, resolvePath, type Storage, StorageError } from '../core/index.ts';
import { account } from '../identity/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { PASSWORDS, startTestServer } from '../testing/running-server.ts';
import { accountFiles } from './account-files.ts';
import { QuotaCounters } from './quota-counters.ts';
import { refusingLinks } from './refusing-links.ts';

const at = (path: string) => resolvePath(ROOT, path);

/** Another server, whose directory `/home` holds links that lead out of it. */
async function otherServer(work: (storage: Storage) => Promise<void>): Promise<void> {
  await using server = await startTestServer();
  for (const directory of ['home', 'home/inside', 'outside']) await mkdir(join(server.root, directory));
  await writeFile(join(server.root, 'outside', 'secret'), 'secret');
  await writeFile(join(server.root, 'home', 'inside', 'file'), 'mine');
  await symlink('../outside', join(server.root, 'home', 'out'));
  await symlink('../outside/secret', join(server.root, 'home', 'leaf'));
  await using client = await connect({
    host: 'localhost',
    port: server.explicitPort,
    user: 'alice',
    password: PASSWORDS.alice ?? '',
    tls: { ca: server.certificate },
    connections: 3,
  });
  await work(asStorage(client));
}

function filesOn(storage: Storage) {
  return accountFiles({
    mounts: [{ at: ROOT, storage }],
    account: account('someone', { home: at('/home') }),
    counters: new QuotaCounters(storage),
    onChange: () => undefined,
  });
}

test("a storage whose links nobody controls is nobody's home, and is mounted nowhere", async () => {
  await otherServer(async (storage) => {
    assert.equal(storage.links, 'uncontrolled');
    assert.throws(() => filesOn(storage), { code: 'unsupported' });
  });
});

test('links of another server lead out of no home, and are seen and removed as links', async () => {
  await otherServer(async (storage) => {
    const files = filesOn(refusingLinks(storage));
    const denied = async (work: Promise<unknown>) =>
      assert.rejects(work, (error) => error instanceof StorageError && error.code === 'denied');
    await denied(files.read(at('/out/secret')));
    await denied(files.read(at('/leaf')));
    await denied(files.openRead(at('/out/secret')));
    await denied(files.openRead(at('/leaf')));
    await denied(files.copy(at('/leaf'), at('/copy')));
    await denied(files.copy(at('/inside/file'), at('/out/copy')));
    await denied(files.stat(at('/out/secret')));
    await denied(Array.fromAsync(files.list(at('/out'))));
    await denied(files.write(at('/out/new')));
    await denied(files.write(at('/leaf')));
    await denied(files.remove(at('/out/secret')));
    await denied(files.rename(at('/out/secret'), at('/taken')));
    await denied(files.rename(at('/inside/file'), at('/out/given')));
    await denied(files.makeDirectory(at('/out/directory')));
    await denied(files.setAttributes(at('/leaf'), { modified: new Date(0) }));
    await denied(files.digest(at('/leaf'), 'SHA-256'));
    const listed = (await Array.fromAsync(files.list(ROOT))).flat();
    assert.deepEqual(listed.map(({ name, kind }) => `${kind} ${name}`).toSorted(), [
      'directory inside',
      'link leaf',
      'link out',
    ]);
    assert.equal(await text(await files.read(at('/inside/file'))), 'mine');
    assert.equal((await files.stat(at('/out'), { followLinks: false })).kind, 'link');
    await files.remove(at('/leaf'));
    await assert.rejects(files.stat(at('/leaf')), { code: 'not-found' });
    assert.equal(await text(await storage.read(at('/outside/secret'))), 'secret');
  });
});

test('no link is gone through to open a file, or to copy one', async () => {
  const storage = memoryStorage();
  await storage.makeDirectory(at('/directory'));
  for (const path of ['/file', '/directory/file']) {
    const upload = await storage.write(at(path));
    upload.sink.write('content');
    await upload.commit();
  }
  await storage.makeLink?.(at('/leaf'), 'file');
  await storage.makeLink?.(at('/out'), 'directory');
  const refusing = refusingLinks(storage);
  for (const path of ['/leaf', '/out/file']) {
    for (const attempt of [
      () => refusing.openRead?.(at(path)),
      () => refusing.openWrite?.(at(path)),
      () => refusing.copy?.(at(path), at('/copy')),
      () => refusing.copy?.(at('/file'), at(path)),
      () => refusing.copy?.(at('/directory/file'), at(path)),
    ]) {
      await assert.rejects(attempt() ?? Promise.resolve(), { code: 'denied' });
    }
  }
  await refusing.copy?.(at('/file'), at('/copy'));
  assert.equal(await text(await storage.read(at('/copy'))), 'content');
});

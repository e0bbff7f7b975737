import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ListingCache, RemoteServer, type RemoteServerOptions } from '../../../src/client/index.ts';
import { ROOT, resolvePath } from '../../../src/core/index.ts';
import { refusingLinks } from '../../../src/files/index.ts';
import { type ForeignServer, testAgainst } from '../servers/foreign-server.ts';
import { startProftpd } from '../servers/proftpd.ts';
import { startPureFtpd } from '../servers/pure-ftpd.ts';
import { startSshd } from '../servers/sshd.ts';
import { startVsftpd } from '../servers/vsftpd.ts';
import { skipWithoutPrograms } from '../tool.ts';

const at = (path: string) => resolvePath(ROOT, path);

/** All that an account does in a mount of another server. */
async function worksIn(server: ForeignServer, options: RemoteServerOptions): Promise<void> {
  await writeFile(join(server.root, 'there.txt'), 'there');
  await symlink('/etc', join(server.root, 'out'));
  await server.handOver();
  await using remote = new RemoteServer(options);
  await remote.check();
  const cache = new ListingCache({ keepMs: 3000, looksByListing: options.security !== 'ssh' });
  const files = refusingLinks(cache.over(remote.storage()));
  const names = async () => (await Array.fromAsync(files.list(ROOT))).flat().map(({ name }) => name);
  assert.ok((await names()).includes('there.txt'));
  assert.equal(await text(await files.read(at('/there.txt'), { start: 2 })), 'ere');
  await assert.rejects(files.read(at('/out/passwd')), { code: 'denied' });
  await assert.rejects(files.read(at('/missing')), { name: 'StorageError' });
  for (const content of ['new content', 'replaced']) {
    const upload = await files.write(at('/new.txt'));
    upload.sink.write(content);
    assert.equal((await upload.commit()).size, content.length);
    assert.equal(await readFile(join(server.root, 'new.txt'), 'utf8'), content);
  }
  const broken = await files.write(at('/new.txt'));
  broken.sink.write('half');
  await broken.discard();
  assert.equal(await readFile(join(server.root, 'new.txt'), 'utf8'), 'replaced');
  await files.makeDirectory(at('/made'));
  await files.rename(at('/new.txt'), at('/made/moved.txt'));
  await assert.rejects(files.removeDirectory(at('/made')), { name: 'StorageError' });
  await files.remove(at('/made/moved.txt'));
  await files.removeDirectory(at('/made'));
  assert.deepEqual(
    (await names()).filter((name) => /made|new|tmp/.test(name)),
    [],
  );
}

for (const [name, start] of [
  ['vsftpd', startVsftpd],
  ['ProFTPD', startProftpd],
  ['Pure-FTPd', startPureFtpd],
] as const) {
  testAgainst(start, {}, `a directory of ${name} is a mount`, async (server) => {
    const { port, user, password, certificate } = server;
    await worksIn(server, {
      host: 'localhost',
      port,
      user,
      password,
      tls: { ca: certificate },
      ...(server.directory === '/' ? {} : { directory: server.directory }),
      connections: 3,
    });
  });
}

test('a directory of OpenSSH is a mount', (context) =>
  skipWithoutPrograms(context, async () => {
    await using server = await startSshd();
    const { port, user, privateKey } = server;
    const ssh = { insecure: true, keys: [{ key: privateKey }] };
    await worksIn(server, { host: '127.0.0.1', port, security: 'ssh', user, ssh, directory: server.root });
  }));

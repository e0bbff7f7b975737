import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { STATUS } from '../../src/protocol/index.ts';
import type { RawSftp, RawSsh } from '../../src/testing/raw-sftp.ts';
import { startTestSftp, type TestSftp } from '../../src/testing/running-sftp.ts';

const READ = 0x1;
const CREATE = 0x8;
const EXCLUSIVE = 0x20;
const NEW = 0x1a;
const APPEND = 0x6;

// sshfs keeps what it is told of a file, and sends its CLOSE when the program that wrote it has gone on already.
suite('a client that is writing a file', () => {
  let server: TestSftp;
  let ssh: RawSsh;
  let sftp: RawSftp;

  before(async () => {
    server = await startTestSftp();
    ssh = await server.connect();
    sftp = await ssh.sftp();
  });
  after(async () => {
    await ssh[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const write = (handle: string, offset: number, text: string) =>
    sftp.status({ kind: 'write', handle, offset, data: Buffer.from(text) });
  const close = (handle: string) => sftp.status({ kind: 'close', handle });

  async function shown(channel: RawSftp, kind: 'stat' | 'lstat', path: string): Promise<unknown> {
    const reply = await channel.ask({ kind, path });
    assert.ok(reply.kind === 'attributes', JSON.stringify(reply));
    return reply.attributes.size;
  }

  async function listedSize(path: string, name: string): Promise<unknown> {
    const opened = await sftp.ask({ kind: 'opendir', path });
    assert.ok(opened.kind === 'handle');
    const listed = await sftp.ask({ kind: 'readdir', handle: opened.handle });
    await close(opened.handle);
    assert.ok(listed.kind === 'names');
    return listed.entries.find((entry) => entry.name === name)?.attributes.size;
  }

  for (const [how, flags, size] of [
    ['replaces', NEW, 8],
    ['appends to', APPEND, 11],
  ] as const) {
    test(`sees how long the file is that it ${how}, and nobody else does before the end`, async () => {
      await writeFile(join(server.root, 'seen'), 'old');
      const handle = await sftp.open('/seen', flags);
      await write(handle, 0, 'contents');
      assert.deepEqual([await shown(sftp, 'stat', '/seen'), await shown(sftp, 'lstat', '/seen')], [size, size]);
      assert.equal(await listedSize('/', 'seen'), size);
      await using other = await server.connect();
      assert.equal(await shown(await other.sftp(), 'stat', '/seen'), 3);
      await close(handle);
    });
  }

  test('sees the attributes that the file will have', async () => {
    const handle = await sftp.open('/dated', NEW);
    const times = { accessed: 1, modified: 1_000_000_000 };
    await sftp.ask({ kind: 'fsetstat', handle, attributes: { mode: 0o600, times } });
    const reply = await sftp.ask({ kind: 'stat', path: '/dated' });
    assert.ok(reply.kind === 'attributes');
    assert.deepEqual([reply.attributes.mode, reply.attributes.times?.modified], [0o100600, 1_000_000_000]);
    await close(handle);
  });

  test('may ask for the file before its CLOSE: to read it, to go on with it, to rename it, to remove it', async () => {
    const first = await sftp.open('/early', NEW);
    await write(first, 0, 'one');
    const reading = sftp.open('/early', READ);
    assert.equal(await close(first), STATUS.ok);
    const read = await sftp.ask({ kind: 'read', handle: await reading, offset: 0, length: 10 });
    assert.equal(read.kind === 'data' && read.data.toString(), 'one');
    await close(await reading);

    const second = await sftp.open('/early', NEW);
    await write(second, 0, 'two');
    const appending = sftp.open('/early', APPEND);
    await close(second);
    await write(await appending, 0, ' three');
    const renamed = sftp.status({ kind: 'posix-rename@openssh.com', from: '/early', to: '/late' });
    await close(await appending);
    assert.equal(await renamed, STATUS.ok);
    assert.equal(await readFile(join(server.root, 'late'), 'utf8'), 'two three');

    const third = await sftp.open('/late', NEW);
    const removed = sftp.status({ kind: 'remove', path: '/late' });
    await close(third);
    assert.equal(await removed, STATUS.ok);
    assert.ok(!(await readdir(server.root)).includes('late'));
  });

  test('makes a file by opening it to be read, where that is asked for', async () => {
    await close(await sftp.open('/lock', READ | CREATE));
    assert.equal(await readFile(join(server.root, 'lock'), 'utf8'), '');
    await writeFile(join(server.root, 'lock'), 'kept');
    await close(await sftp.open('/lock', READ | CREATE));
    assert.equal(await readFile(join(server.root, 'lock'), 'utf8'), 'kept');
    const flags = READ | CREATE | EXCLUSIVE;
    assert.equal(await sftp.status({ kind: 'open', path: '/lock', flags, attributes: {} }), STATUS.failure);
  });
});

test('a file that its client never closes is waited for no longer than the limit', async () => {
  await using server = await startTestSftp({ limits: { sftpUploadEndMs: 1 } });
  await using ssh = await server.connect();
  const sftp = await ssh.sftp();
  const handle = await sftp.open('/open', NEW);
  assert.equal(await sftp.status({ kind: 'open', path: '/open', flags: READ, attributes: {} }), STATUS['no-such-file']);
  assert.equal(await sftp.status({ kind: 'open', path: '/open', flags: NEW, attributes: {} }), STATUS.failure);
  assert.equal(await sftp.status({ kind: 'close', handle }), STATUS.ok);
});

test('a channel that ends while its requests wait leaves nothing of them', async () => {
  await using server = await startTestSftp({ limits: { sftpUploadEndMs: 600_000, maxSftpRequestsInFlight: 3 } });
  await using ssh = await server.connect();
  const sftp = await ssh.sftp();
  await sftp.open('/open', NEW);
  const refused = Array.from({ length: 10 }, () => sftp.status({ kind: 'remove', path: '/open' }));
  // Those beyond what may wait are answered at once.
  assert.equal(await Promise.race(refused), STATUS['no-such-file']);
  sftp.channel.end();
  await sftp.closed;
  const other = await ssh.sftp();
  assert.equal(await other.status({ kind: 'stat', path: '/' }), STATUS.ok);
});

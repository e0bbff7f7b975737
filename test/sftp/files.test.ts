import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ROOT } from '../../src/core/index.ts';
import { STATUS } from '../../src/protocol/index.ts';
import type { RawSftp, RawSsh } from '../../src/testing/raw-sftp.ts';
import { startTestSftp, type TestSftp } from '../../src/testing/running-sftp.ts';

const READ = 0x1;
const WRITE = 0x2;
const APPEND = 0x4;
const CREATE = 0x8;
const TRUNCATE = 0x10;
const EXCLUSIVE = 0x20;
const NEW = WRITE | CREATE | TRUNCATE;

suite('files over SFTP', () => {
  let server: TestSftp;
  let ssh: RawSsh;
  let sftp: RawSftp;

  before(async () => {
    server = await startTestSftp({ symlinks: true });
    ssh = await server.connect();
    sftp = await ssh.sftp();
  });
  after(async () => {
    await ssh[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const onDisk = (name: string) => readFile(join(server.root, name), 'utf8');
  const write = (handle: string, offset: number, text: string) =>
    sftp.status({ kind: 'write', handle, offset, data: Buffer.from(text) });
  const close = (handle: string) => sftp.status({ kind: 'close', handle });

  test('a file appears when it is closed, and not before', async () => {
    const handle = await sftp.open('/new', NEW);
    assert.equal(await write(handle, 0, 'whole'), STATUS.ok);
    assert.deepEqual((await readdir(server.root)).includes('new'), false);
    assert.equal(await close(handle), STATUS.ok);
    assert.equal(await onDisk('new'), 'whole');
    const stored = await server.event(
      (event) => event.event === 'transfer.finished' && event.path === '/new' && event.direction === 'upload',
    );
    assert.ok(stored.event === 'transfer.finished');
    assert.deepEqual([stored.protocol, stored.outcome, stored.bytes, stored.reply], ['sftp', 'complete', 5, 0]);
  });

  test('a file with a hole is not published, and its close says so', async () => {
    const handle = await sftp.open('/hole', NEW);
    await write(handle, 0, 'abc');
    await write(handle, 10, 'xyz');
    assert.equal(await close(handle), STATUS.failure);
    assert.ok(!(await readdir(server.root)).includes('hole'));
  });

  test('writes that come in any order make one file', async () => {
    const bytes = randomBytes(40 * 32_768);
    const handle = await sftp.open('/order', NEW);
    const parts = Array.from({ length: 40 }, (_, index) => 39 - index);
    const statuses = await Promise.all(
      parts.map((part) => {
        const offset = part * 32_768;
        return sftp.status({ kind: 'write', handle, offset, data: bytes.subarray(offset, offset + 32_768) });
      }),
    );
    assert.deepEqual(new Set(statuses), new Set([STATUS.ok]));
    assert.equal(await close(handle), STATUS.ok);
    assert.ok(bytes.equals(await readFile(join(server.root, 'order'))));
  });

  test('64 reads of 255 KiB at once give the bytes of the file', async () => {
    const bytes = randomBytes(64 * 261_120);
    await writeFile(join(server.root, 'large'), bytes);
    const handle = await sftp.open('/large', READ);
    const replies = await Promise.all(
      Array.from({ length: 64 }, (_, part) =>
        sftp.ask({ kind: 'read', handle, offset: part * 261_120, length: 261_120 }),
      ),
    );
    const read = replies.map((reply) => (reply.kind === 'data' ? reply.data : Buffer.alloc(0)));
    assert.ok(bytes.equals(Buffer.concat(read)));
    assert.equal(await sftp.status({ kind: 'read', handle, offset: bytes.length, length: 1 }), STATUS['end-of-file']);
    await close(handle);
  });

  test('a change in the middle of a file leaves the rest as it was', async () => {
    await writeFile(join(server.root, 'middle'), '0123456789');
    const handle = await sftp.open('/middle', READ | WRITE);
    await write(handle, 3, 'abc');
    const read = await sftp.ask({ kind: 'read', handle, offset: 2, length: 5 });
    assert.equal(read.kind === 'data' && read.data.toString(), '2abc6');
    await close(handle);
    assert.equal(await onDisk('middle'), '012abc6789');
  });

  test('a file that is opened for writing and closed without a write stays as it was', async () => {
    await writeFile(join(server.root, 'untouched'), 'as it was');
    await close(await sftp.open('/untouched', WRITE | CREATE));
    assert.equal(await onDisk('untouched'), 'as it was');
    await close(await sftp.open('/untouched-new', WRITE | CREATE));
    assert.equal(await onDisk('untouched-new'), '');
  });

  test('what is appended goes behind the file, whatever position is named', async () => {
    await writeFile(join(server.root, 'appended'), 'one ');
    const handle = await sftp.open('/appended', WRITE | APPEND);
    await write(handle, 0, 'two ');
    await write(handle, 0, 'three');
    assert.equal(await close(handle), STATUS.ok);
    assert.equal(await onDisk('appended'), 'one two three');
  });

  test('an exclusive open, and one of what does not exist, are refused', async () => {
    await writeFile(join(server.root, 'there'), '');
    assert.equal(
      await sftp.status({ kind: 'open', path: '/there', flags: NEW | EXCLUSIVE, attributes: {} }),
      STATUS.failure,
    );
    assert.equal(
      await sftp.status({ kind: 'open', path: '/absent', flags: READ, attributes: {} }),
      STATUS['no-such-file'],
    );
    assert.equal(
      await sftp.status({ kind: 'open', path: '/absent', flags: WRITE, attributes: {} }),
      STATUS['no-such-file'],
    );
  });

  test('an upload whose client is gone is kept, found by its size, and gone on with', async () => {
    const other = await server.connect();
    const channel = await other.sftp();
    const handle = await channel.open('/kept', NEW);
    await channel.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('half ') });
    other.client.destroy();
    const ended = await server.event((event) => event.event === 'transfer.finished' && event.path === '/kept');
    assert.ok(ended.event === 'transfer.finished');
    assert.deepEqual([ended.outcome, ended.ending], ['kept-partial', 'cut']);

    const found = await sftp.ask({ kind: 'stat', path: '/kept' });
    assert.equal(found.kind === 'attributes' && found.attributes.size, 5);
    assert.notEqual(await sftp.status({ kind: 'open', path: '/kept', flags: READ, attributes: {} }), STATUS.ok);
    // psftp opens what it goes on with as a file that is there.
    const again = await sftp.open('/kept', WRITE);
    await write(again, 5, 'whole');
    assert.equal(await close(again), STATUS.ok);
    assert.equal(await onDisk('kept'), 'half whole');
  });

  test('an interrupted upload that is opened and closed without a write stays interrupted', async () => {
    const other = await server.connect();
    const channel = await other.sftp();
    const handle = await channel.open('/still-half', NEW);
    await channel.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('half') });
    other.client.destroy();
    await server.event((event) => event.event === 'transfer.finished' && event.path === '/still-half');
    await close(await sftp.open('/still-half', WRITE | CREATE));
    assert.ok(!(await readdir(server.root)).includes('still-half'));
    const found = await sftp.ask({ kind: 'stat', path: '/still-half' });
    assert.equal(found.kind === 'attributes' && found.attributes.size, 4);
  });

  test('attributes of an open upload are set once it is published', async () => {
    const handle = await sftp.open('/dated', NEW);
    await write(handle, 0, 'x');
    const attributes = { mode: 0o600, times: { accessed: 1, modified: 1_000_000_000 } };
    assert.equal(await sftp.status({ kind: 'setstat', path: '/dated', attributes }), STATUS.ok);
    assert.equal(await close(handle), STATUS.ok);
    const found = await sftp.ask({ kind: 'stat', path: '/dated' });
    assert.ok(found.kind === 'attributes');
    assert.deepEqual([found.attributes.mode, found.attributes.times?.modified], [0o100600, 1_000_000_000]);
  });

  test('an owner is never silently left as it was', async () => {
    await writeFile(join(server.root, 'owned'), '');
    const attributes = { owner: { user: 0, group: 0 } };
    assert.equal(await sftp.status({ kind: 'setstat', path: '/owned', attributes }), STATUS.unsupported);
  });

  test('a directory is read to its end, entry by entry once', async () => {
    await mkdir(join(server.root, 'many'));
    const names = Array.from({ length: 321 }, (_, index) => `file-${index}`);
    for (const name of names) await writeFile(join(server.root, 'many', name), '');
    const opened = await sftp.ask({ kind: 'opendir', path: '/many' });
    assert.ok(opened.kind === 'handle');
    const read: string[] = [];
    for (;;) {
      const reply = await sftp.ask({ kind: 'readdir', handle: opened.handle });
      if (reply.kind !== 'names') break;
      read.push(...reply.entries.map(({ name }) => name));
    }
    assert.equal(await close(opened.handle), STATUS.ok);
    assert.deepEqual(read.sort(), names.sort());
  });

  test('rename replaces nothing, and posix-rename does', async () => {
    await writeFile(join(server.root, 'from'), 'from');
    await writeFile(join(server.root, 'to'), 'to');
    assert.equal(await sftp.status({ kind: 'rename', from: '/from', to: '/to' }), STATUS.failure);
    assert.equal(await onDisk('to'), 'to');
    assert.equal(await sftp.status({ kind: 'posix-rename@openssh.com', from: '/from', to: '/to' }), STATUS.ok);
    assert.equal(await onDisk('to'), 'from');
  });

  test('of renames to one name at the same time one moves its file, and no other file is lost', async () => {
    const channels = await Promise.all(Array.from({ length: 6 }, () => ssh.sftp()));
    for (let round = 0; round < 20; round += 1) {
      const files = channels.map((_, index) => `race-${round}-${index}`);
      for (const name of files) await writeFile(join(server.root, name), name);
      const statuses = await Promise.all(
        channels.map((each, index) =>
          each.status({ kind: 'rename', from: `/${files[index]}`, to: `/race-won-${round}` }),
        ),
      );
      assert.equal(statuses.filter((status) => status === STATUS.ok).length, 1);
      const left = (await readdir(server.root)).filter((name) => files.includes(name));
      assert.equal(left.length, files.length - 1);
      assert.ok(!left.includes(await onDisk(`race-won-${round}`)));
    }
    for (const { channel } of channels) channel.destroy();
  });

  test('requests that are sent at once act in their order', async () => {
    await writeFile(join(server.root, 'a'), 'old');
    await writeFile(join(server.root, 'b'), 'new');
    const statuses = await Promise.all([
      sftp.status({ kind: 'remove', path: '/a' }),
      sftp.status({ kind: 'rename', from: '/b', to: '/a' }),
      sftp.status({ kind: 'stat', path: '/b' }),
    ]);
    assert.deepEqual(statuses, [STATUS.ok, STATUS.ok, STATUS['no-such-file']]);
    assert.equal(await onDisk('a'), 'new');
  });

  test('a link is made, read and seen as what it is', async () => {
    await writeFile(join(server.root, 'target'), 'x');
    assert.equal(await sftp.status({ kind: 'symlink', target: 'target', path: '/link' }), STATUS.ok);
    const read = await sftp.ask({ kind: 'readlink', path: '/link' });
    assert.equal(read.kind === 'names' && read.entries[0]?.name, 'target');
    const itself = await sftp.ask({ kind: 'lstat', path: '/link' });
    assert.equal(itself.kind === 'attributes' && (itself.attributes.mode ?? 0) & 0o170000, 0o120000);
    const followed = await sftp.ask({ kind: 'stat', path: '/link' });
    assert.equal(followed.kind === 'attributes' && (followed.attributes.mode ?? 0) & 0o170000, 0o100000);
  });

  test('bytes are copied from one open file into another, and hashed', async () => {
    await writeFile(join(server.root, 'source'), 'abcdefgh');
    const from = await sftp.open('/source', READ);
    const to = await sftp.open('/copied', NEW);
    assert.equal(await sftp.status({ kind: 'copy-data', from, offset: 2, length: 0, to, toOffset: 0 }), STATUS.ok);
    await close(from);
    await close(to);
    assert.equal(await onDisk('copied'), 'cdefgh');
    const hashed = await sftp.ask({
      kind: 'check-file-name',
      path: '/copied',
      algorithms: 'none,md5',
      offset: 0,
      length: 0,
      blockSize: 0,
    });
    assert.ok(hashed.kind === 'extended');
    const { createHash } = await import('node:crypto');
    assert.deepEqual(
      hashed.data.subarray(4),
      Buffer.concat([Buffer.from('md5'), createHash('md5').update('cdefgh').digest()]),
    );
  });

  test('a path is resolved within the root, however it is written', async () => {
    for (const [given, resolved] of [
      ['.', '/'],
      ['', '/'],
      ['../../etc/passwd', '/etc/passwd'],
      ['/a/./b/../c/', '/a/c'],
    ] as const) {
      const reply = await sftp.ask({ kind: 'realpath', path: given });
      assert.equal(reply.kind === 'names' && reply.entries[0]?.name, resolved);
    }
    const home = await sftp.ask({ kind: 'expand-path@openssh.com', path: '~/x' });
    assert.equal(home.kind === 'names' && home.entries[0]?.name, '/x');
    assert.equal(await sftp.status({ kind: 'expand-path@openssh.com', path: '~bob' }), STATUS['no-such-file']);
  });

  test('room, limits and a flush are told and done', async () => {
    const space = await sftp.ask({ kind: 'statvfs@openssh.com', path: '/' });
    assert.ok(space.kind === 'extended' && space.data.length === 88 && space.data.readBigUInt64BE(16) > 0n);
    const limits = await sftp.ask({ kind: 'limits@openssh.com' });
    assert.ok(limits.kind === 'extended' && limits.data.readBigUInt64BE(8) === 261_120n);
    const handle = await sftp.open('/flushed', NEW);
    assert.equal(await sftp.status({ kind: 'fsync@openssh.com', handle }), STATUS.ok);
    await close(handle);
  });

  test('what there is not is told: another handle, a kind of request, a shell', async () => {
    assert.equal(await sftp.status({ kind: 'close', handle: '999' }), STATUS.failure);
    const blocks = { algorithms: 'md5', offset: 0, length: 0, blockSize: 512 };
    assert.equal(await sftp.status({ kind: 'check-file-name', path: '/', ...blocks }), STATUS.unsupported);
    const { promise, resolve } = Promise.withResolvers<void>();
    ssh.client.exec('id', (error) => {
      assert.ok(error);
      ssh.client.shell((error) => {
        assert.ok(error);
        ssh.client.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, (error) => {
          assert.ok(error);
          resolve();
        });
      });
    });
    await promise;
  });

  test('attributes that an account may not set are refused at once, and its upload is none the worse', async () => {
    await using server = await startTestSftp({ account: { rights: [{ path: ROOT, rights: ['upload', 'append'] }] } });
    await using ssh = await server.connect();
    const sftp = await ssh.sftp();
    for (const flags of [NEW, WRITE | APPEND]) {
      const handle = await sftp.open('/file', flags);
      await sftp.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('whole') });
      const attributes = { mode: 0o600 };
      assert.equal(await sftp.status({ kind: 'fsetstat', handle, attributes }), STATUS['permission-denied']);
      assert.equal(await sftp.status({ kind: 'close', handle }), STATUS.ok);
    }
    assert.equal(await readFile(join(server.root, 'file'), 'utf8'), 'wholewhole');
  });

  test('a session that an operator ends keeps what it was writing', async () => {
    const other = await server.connect();
    const channel = await other.sftp();
    const handle = await channel.open('/kicked', NEW);
    await channel.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('part') });
    const shown = (await server.host.sessions()).find(({ transfer }) => transfer?.path === '/kicked');
    assert.deepEqual([shown?.protocol, shown?.account, shown?.transfer?.bytes], ['sftp', 'alice', 4]);
    const closed = once(other.client, 'close');
    assert.equal(await server.host.endSession(shown?.session ?? '', 'kicked'), true);
    await closed;
    const ended = await server.event((event) => event.event === 'session.closed' && event.session === shown?.session);
    assert.equal(ended.event === 'session.closed' && ended.reason, 'kicked');
    const found = await sftp.ask({ kind: 'stat', path: '/kicked' });
    assert.equal(found.kind === 'attributes' && found.attributes.size, 4);
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { formatInit, formatRequest, STATUS } from '../../src/protocol/index.ts';
import { startTestSftp } from '../../src/testing/running-sftp.ts';

const NEW = 0x1a;

suite('a hostile peer of SFTP', () => {
  for (const [what, bytes] of [
    ['a packet that is too long', Buffer.from([0x7f, 0xff, 0xff, 0xff, 3])],
    ['an empty packet', Buffer.from([0, 0, 0, 0])],
    ['a packet that is too short for an id', Buffer.from([0, 0, 0, 2, 3, 0])],
  ] as const) {
    test(`${what} ends its channel, and no other one`, async () => {
      await using server = await startTestSftp();
      await using ssh = await server.connect();
      const [bad, good] = [await ssh.sftp(), await ssh.sftp()];
      bad.channel.write(bytes);
      await bad.closed;
      assert.equal(await good.status({ kind: 'stat', path: '/' }), STATUS.ok);
    });
  }

  test('a channel that begins with anything but a version is ended', async () => {
    await using server = await startTestSftp();
    await using ssh = await server.connect();
    const channel = await ssh.channel();
    const closed = once(channel, 'close');
    channel.resume();
    channel.write(formatRequest({ kind: 'stat', id: 1, path: '/' }));
    await closed;
  });

  test('handles are refused beyond their number, on all channels together, and free again once closed', async () => {
    await using server = await startTestSftp({ limits: { maxSftpHandles: 3 } });
    await using ssh = await server.connect();
    const [one, other] = [await ssh.sftp(), await ssh.sftp()];
    const first = await one.open('/1', NEW);
    await one.open('/2', NEW);
    await other.open('/3', NEW);
    assert.equal(await other.status({ kind: 'open', path: '/4', flags: NEW, attributes: {} }), STATUS.failure);
    assert.equal(await one.status({ kind: 'opendir', path: '/' }), STATUS.failure);
    assert.equal(await one.status({ kind: 'close', handle: first }), STATUS.ok);
    await other.open('/5', NEW);
  });

  test('a handle of one channel is none of another', async () => {
    await using server = await startTestSftp();
    await using ssh = await server.connect();
    const [one, other] = [await ssh.sftp(), await ssh.sftp()];
    const handle = await one.open('/mine', NEW);
    assert.equal(await other.status({ kind: 'fstat', handle }), STATUS.failure);
  });

  test('channels are refused beyond their number, and are free again once closed', async () => {
    await using server = await startTestSftp({ limits: { maxSshChannels: 2 } });
    await using ssh = await server.connect();
    const first = await ssh.sftp();
    await ssh.sftp();
    await assert.rejects(ssh.channel(), /open failure/i);
    first.channel.end();
    await first.closed;
    await ssh.sftp();
  });

  test('a session without a subsystem counts once, however often its peer closes it', async () => {
    await using server = await startTestSftp({ limits: { maxSshChannels: 2 } });
    await using ssh = await server.connect();
    await ssh.emptySession();
    for (let count = 0; count < 5; count += 1) ssh.closeChannel(0);
    await ssh.sftp();
    await ssh.sftp();
    await assert.rejects(ssh.channel(), /open failure/i);
  });

  test('channels are refused after so many, even where each was closed', async () => {
    await using server = await startTestSftp({ limits: { maxSshChannelsOpened: 3 } });
    await using ssh = await server.connect();
    for (let count = 0; count < 3; count += 1) {
      const { channel, closed } = await ssh.sftp();
      channel.end();
      await closed;
    }
    await assert.rejects(ssh.channel(), /open failure/i);
  });

  test('what runs on a channel ends when its peer closes it', { timeout: 60_000 }, async () => {
    await using server = await startTestSftp({ account: { rate: { download: 1 } } });
    await using ssh = await server.connect();
    const sftp = await ssh.sftp();
    await writeFile(join(server.root, 'file'), Buffer.alloc(261_120));
    const handle = await sftp.open('/file', 1);
    // At one byte a second, and behind it one that waits for its turn.
    sftp.channel.write(formatRequest({ kind: 'read', id: 1000, handle, offset: 0, length: 261_120 }));
    sftp.channel.write(formatRequest({ kind: 'mkdir', id: 1001, path: '/too-late', attributes: {} }));
    await server.event(({ event }) => event === 'transfer.started');
    sftp.channel.destroy();
    const ended = await server.event(({ event }) => event === 'transfer.finished');
    assert.ok(ended.event === 'transfer.finished' && ended.bytes === 0);
    assert.equal(await (await ssh.sftp()).status({ kind: 'stat', path: '/too-late' }), STATUS['no-such-file']);
  });

  test('channels are refused while too many are closed for which something still runs', async () => {
    let held: Promise<boolean> | undefined;
    const records = {
      trouble: undefined,
      expect: () => undefined,
      commandEnded: () => undefined,
      recorded: () => held,
    };
    await using server = await startTestSftp({ records, limits: { maxSshChannels: 1 } });
    await using ssh = await server.connect();
    const first = await ssh.sftp();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    held = promise;
    first.channel.write(formatRequest({ kind: 'mkdir', id: 1000, path: '/made', attributes: {} }));
    await server.event((event) => event.event === 'command' && event.verb === 'MKDIR');
    first.channel.destroy();
    await first.closed;
    try {
      await assert.rejects(ssh.channel(), /open failure/i);
    } finally {
      held = undefined;
      resolve(true);
    }
    let isOpen = false;
    for (let tries = 0; tries < 1000 && !isOpen; tries += 1) {
      isOpen = await ssh.channel().then(
        () => true,
        () => false,
      );
    }
    assert.ok(isOpen);
  });

  test('more requests than may run at once wait, and all are answered', async () => {
    await using server = await startTestSftp({ limits: { maxSftpRequestsInFlight: 2, maxSftpBytesInFlight: 100 } });
    await using ssh = await server.connect();
    const sftp = await ssh.sftp();
    await writeFile(join(server.root, 'file'), Buffer.alloc(1000));
    const handle = await sftp.open('/file', 1);
    const replies = await Promise.all(
      Array.from({ length: 500 }, (_, index) => sftp.ask({ kind: 'read', handle, offset: index, length: 400 })),
    );
    assert.ok(replies.every(({ kind }) => kind === 'data'));
  });

  test('a peer that reads no replies is not read from, and then loses its connection', async () => {
    await using server = await startTestSftp({ limits: { stallMs: 1000 } });
    const ssh = await server.connect();
    const sftp = await ssh.sftp();
    await writeFile(join(server.root, 'file'), Buffer.alloc(261_120));
    const handle = await sftp.open('/file', 1);
    sftp.channel.pause();
    for (let id = 0; id < 200; id += 1) {
      sftp.channel.write(formatRequest({ kind: 'read', id: 1000 + id, handle, offset: 0, length: 261_120 }));
    }
    const closed = await server.event(({ event }) => event === 'session.closed');
    assert.match(closed.event === 'session.closed' ? closed.reason : '', /nothing for too long/);
    await ssh.closed;
  });

  test('a peer that sends more than its window loses its connection', async () => {
    await using server = await startTestSftp();
    const ssh = await server.connect();
    // It is reset, with what was sent unread.
    const lost = ssh.closed.catch(() => undefined);
    const sftp = await ssh.sftp();
    await writeFile(join(server.root, 'file'), Buffer.alloc(261_120));
    const handle = await sftp.open('/file', 1);
    // Nobody takes the replies, so that nothing more is read either.
    sftp.channel.pause();
    for (let id = 0; id < 200; id += 1) {
      sftp.channel.write(formatRequest({ kind: 'read', id: 1000 + id, handle, offset: 0, length: 261_120 }));
    }
    for (let sent = 0; sent < 12_000_000; sent += 32_000) ssh.sendPastWindow(sftp.channel, Buffer.alloc(32_000));
    const closed = await server.event(({ event }) => event === 'session.closed');
    assert.match(closed.event === 'session.closed' ? closed.reason : '', /more than its window/);
    await lost;
  });

  test('a handshake that is not finished ends in time, whatever part of it has come', async () => {
    await using server = await startTestSftp({ limits: { sshHandshakeMs: 1000 } });
    const sockets = ['', 'SSH-2.0', 'SSH-2.0-slow\r\n', 'SSH-2.0-slow\r\n\0\0\0\x0c'].map((text) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      socket.write(text);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'close')));
    const failures = () => server.events.filter(({ event }) => event === 'handshake.failed').length;
    await server.event(() => failures() === sockets.length);
  });

  for (const [what, text] of [
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['version 1', 'SSH-1.5-old\r\n'],
    ['a long line', `SSH-2.0-${'x'.repeat(70_000)}\r\n`],
    ['a packet length that is a lie', 'SSH-2.0-x\r\n\xff\xff\xff\xff\0'],
  ] as const) {
    test(`${what} in place of a handshake ends the connection alone`, async () => {
      await using server = await startTestSftp({ limits: { sshHandshakeMs: 2000 } });
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      socket.end(Buffer.from(text, 'latin1'));
      await once(socket, 'close');
      await using ssh = await server.connect();
      assert.ok(ssh);
    });
  }

  test('random packets in place of SFTP end no more than their channel', async () => {
    await using server = await startTestSftp();
    await using ssh = await server.connect();
    let seed = 1;
    const next = () => (seed = (seed * 48_271) % 2_147_483_647) & 0xff;
    for (let round = 0; round < 40; round += 1) {
      const channel = await ssh.channel();
      channel.resume();
      const closed = once(channel, 'close');
      channel.write(formatInit(3));
      for (let packet = 0; packet < 50; packet += 1) {
        const body = Buffer.from(Array.from({ length: 1 + (next() % 60) }, next));
        body[0] = 3 + (next() % 20);
        const head = Buffer.alloc(4);
        head.writeUInt32BE(body.length);
        channel.write(Buffer.concat([head, body]));
      }
      channel.end();
      await closed;
    }
    const sftp = await ssh.sftp();
    assert.equal(await sftp.status({ kind: 'stat', path: '/' }), STATUS.ok);
    assert.ok(!server.events.some(({ event }) => event === 'failure'));
  });

  test('no path leads out of the root, by whatever request', async () => {
    await using server = await startTestSftp({ symlinks: true });
    const outside = join(server.root, '..', 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret'), 'secret');
    await symlink(outside, join(server.root, 'way'));
    await using ssh = await server.connect();
    const sftp = await ssh.sftp();
    const paths = [
      '/way/secret',
      '/../outside/secret',
      '../outside/secret',
      '/way/../../outside/secret',
      '/a/../../outside/secret',
    ];
    for (const path of [
      ...paths,
      '/way/secret\0',
      '/proc/self/root/etc/passwd',
      '//etc/passwd',
      '/..\\outside\\secret',
    ]) {
      for (const request of [
        { kind: 'open', path, flags: 1, attributes: {} },
        { kind: 'stat', path },
        { kind: 'opendir', path },
        { kind: 'remove', path },
        { kind: 'rename', from: path, to: '/got' },
        { kind: 'posix-rename@openssh.com', from: path, to: '/got' },
        { kind: 'setstat', path, attributes: { mode: 0o777 } },
        { kind: 'setstat', path, attributes: { size: 0 } },
        { kind: 'statvfs@openssh.com', path },
      ] as const) {
        if (request.kind === 'statvfs@openssh.com' && !path.startsWith('/way')) continue;
        assert.notEqual(await sftp.status(request), STATUS.ok, `${request.kind} ${JSON.stringify(path)}`);
      }
      await sftp.status({ kind: 'mkdir', path: `${path}-made`, attributes: {} });
    }
    assert.equal((await sftp.status({ kind: 'symlink', target: outside, path: '/way2' })) >= 0, true);
    assert.notEqual(await sftp.status({ kind: 'stat', path: '/way2/secret' }), STATUS.ok);
    assert.deepEqual(await readdir(outside), ['secret']);
  });
});

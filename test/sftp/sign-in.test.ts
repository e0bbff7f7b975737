import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { suite, test } from 'node:test';
import { RawSsh } from '../../src/testing/raw-sftp.ts';
import { makeKeyPair, startTestSftp } from '../../src/testing/running-sftp.ts';

suite('signing in over SSH', () => {
  test('a password opens a session, which is closed when its client leaves', async () => {
    await using server = await startTestSftp();
    {
      await using ssh = await server.connect();
      assert.ok(ssh);
    }
    const closed = await server.event(({ event }) => event === 'session.closed');
    assert.ok(closed.event === 'session.closed' && closed.account === 'alice' && closed.protocol === 'sftp');
    const secured = server.events.find(({ event }) => event === 'session.keys-exchanged');
    assert.ok(secured?.event === 'session.keys-exchanged' && secured.ssh.client.startsWith('ssh2js'));
  });

  for (const kind of ['ed25519', 'ecdsa', 'rsa'] as const) {
    test(`a key of the kind ${kind} opens a session, and its fingerprint is told`, async () => {
      const { privateKey, line } = await makeKeyPair(kind);
      await using server = await startTestSftp({ account: { authorizedKeys: [line] } });
      await using ssh = await server.connect({ privateKey });
      assert.ok(ssh);
      const login = server.events.find(({ event }) => event === 'login.succeeded');
      assert.ok(login?.event === 'login.succeeded' && login.method === 'public-key');
      assert.match(login.key ?? '', /^SHA256:[A-Za-z0-9+/]{43}$/);
      assert.ok(typeof login.tls === 'object');
      const { version, keyExchange, cipher, clientKey } = login.tls;
      assert.equal(version, 'SSH-2.0');
      assert.match(`${keyExchange} ${cipher}`, /^[a-z0-9@.-]+ [a-z0-9@.-]+$/);
      assert.ok(clientKey?.includes(kind), clientKey);
    });
  }

  test('neither a wrong password, nor a key of somebody else, nor an unknown user is let in', async () => {
    const [{ line }, { privateKey }] = [await makeKeyPair(), await makeKeyPair()];
    await using server = await startTestSftp({ account: { authorizedKeys: [line] } });
    for (const options of [{ password: 'wrong' }, { privateKey }, { username: 'mallory' }, { username: '' }]) {
      await assert.rejects(server.connect(options), /authentication methods failed|Connection|protocol/i);
    }
    assert.ok(!server.events.some(({ event }) => event === 'login.succeeded'));
  });

  test('keys that are shown in vain are one failed login, told with the last one when their client leaves', async () => {
    const [{ line }, { privateKey }] = [await makeKeyPair(), await makeKeyPair('ecdsa')];
    await using server = await startTestSftp({ account: { authorizedKeys: [line] } });
    await assert.rejects(server.connect({ privateKey }));
    const failed = await server.event(({ event }) => event === 'login.failed');
    assert.ok(failed.event === 'login.failed');
    assert.deepEqual([failed.user, failed.method, failed.code], ['alice', 'public-key', 'credentials']);
    assert.match(failed.key ?? '', /^SHA256:/);
    await server.event(({ event }) => event === 'session.closed');
    assert.equal(server.events.filter(({ event }) => event === 'login.failed').length, 1);
  });

  test('a key that is shown in vain before one that opens the account is no failed login', async () => {
    const [{ line, privateKey }, other] = [await makeKeyPair(), await makeKeyPair()];
    await using server = await startTestSftp({ account: { authorizedKeys: [line] } });
    const keys = [other.privateKey, privateKey];
    const authHandler = (_methods: unknown, _partial: unknown, next: (method: unknown) => void) =>
      next({ type: 'publickey', username: 'alice', key: keys.shift() });
    await using ssh = await RawSsh.connect({ port: server.port, authHandler } as never);
    ssh.client.end();
    await server.event(({ event }) => event === 'session.closed');
    assert.ok(!server.events.some(({ event }) => event === 'login.failed'));
  });

  test('a key of an account that may not be used from there is refused, and why is told', async () => {
    const { line, privateKey } = await makeKeyPair();
    await using server = await startTestSftp({
      account: { authorizedKeys: [line], allowedAddresses: ['192.0.2.0/24'] },
    });
    await assert.rejects(server.connect({ privateKey }));
    const failed = await server.event(({ event }) => event === 'login.failed');
    assert.ok(failed.event === 'login.failed' && failed.code === 'address' && failed.method === 'public-key');
    await server.event(({ event }) => event === 'session.closed');
    assert.equal(server.events.filter(({ event }) => event === 'login.failed').length, 1);
  });

  test('a password that is asked for opens a session, and a wrong one is a failed login', async () => {
    await using server = await startTestSftp();
    await assert.rejects(RawSsh.connect({ port: server.port, authHandler: asked('wrong') } as never));
    const failed = await server.event(({ event }) => event === 'login.failed');
    assert.ok(failed.event === 'login.failed' && failed.method === 'password');
    await using ssh = await RawSsh.connect({ port: server.port, authHandler: asked('wonderland') } as never);
    assert.ok(ssh);
  });

  test('a login that comes before the answer to the last one ends the connection', { timeout: 20_000 }, async () => {
    await using server = await startTestSftp();
    const { default: module } = await import('ssh2');
    const { Client } = module as { readonly Client: new () => RawAuthClient };
    const client = new Client();
    client.on('error', () => undefined);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    client.on('close', () => resolve());
    client.on('keyboard-interactive', (...given: readonly unknown[]) => {
      const finish = given.at(-1) as (answers: readonly string[]) => void;
      finish(['wonderland']);
      client._protocol.authPassword('alice', 'wonderland');
    });
    client.connect({ host: '127.0.0.1', port: server.port, username: 'alice', tryKeyboard: true });
    await ended;
    const closed = await server.event(({ event }) => event === 'session.closed');
    assert.match(closed.event === 'session.closed' ? closed.reason : '', /before the last one was answered/);
  });

  test('an account that needs both a key and a password is opened by neither alone, and by both in their order', async () => {
    const [{ line, privateKey }, other] = [await makeKeyPair(), await makeKeyPair()];
    await using server = await startTestSftp({ account: { authorizedKeys: [line], keyUse: 'with-password' } });
    const connect = (...methods: readonly object[]) => {
      const left = [...methods];
      const authHandler = (_methods: unknown, _partial: unknown, next: (method: unknown) => void) =>
        next(left.length > 0 ? { username: 'alice', ...left.shift() } : false);
      return RawSsh.connect({ port: server.port, authHandler } as never);
    };
    const key = { type: 'publickey', key: privateKey };
    const password = { type: 'password', password: 'wonderland' };
    for (const methods of [
      [key],
      [password],
      [password, key],
      [{ type: 'publickey', key: other.privateKey }, password],
      [key, { type: 'password', password: 'wrong' }],
    ]) {
      await assert.rejects(connect(...methods));
    }
    assert.ok(!server.events.some(({ event }) => event === 'login.succeeded'));
    const codes = server.events.flatMap((event) => (event.event === 'login.failed' ? [event.code] : []));
    assert.ok(codes.includes('password-missing') && codes.includes('credentials'));
    await using ssh = await connect(key, password);
    assert.ok(ssh);
    const login = await server.event(({ event }) => event === 'login.succeeded');
    assert.ok(login.event === 'login.succeeded' && login.method === 'password');
    assert.match(login.key ?? '', /^SHA256:/);
  });

  test('a session ends after so many wrong passwords', async () => {
    await using server = await startTestSftp({ limits: { maxFailedLogins: 2 } });
    const passwords = ['one', 'two', 'wonderland'];
    const authHandler = (_methods: unknown, _partial: unknown, next: (method: unknown) => void) =>
      next({ type: 'password', username: 'alice', password: passwords.shift() });
    await assert.rejects(RawSsh.connect({ port: server.port, authHandler } as never));
    await server.event(({ event }) => event === 'session.closed');
    assert.equal(server.events.filter(({ event }) => event === 'login.failed').length, 2);
    assert.ok(!server.events.some(({ event }) => event === 'login.succeeded'));
  });

  test('a session without a login ends in time', async () => {
    await using server = await startTestSftp({ limits: { loginMs: 50 } });
    const authHandler = () => undefined;
    await assert.rejects(RawSsh.connect({ port: server.port, authHandler } as never));
    const closed = await server.event(({ event }) => event === 'session.closed');
    assert.equal(closed.event === 'session.closed' && closed.reason, 'no login in time');
  });

  for (const [what, algorithms] of [
    ['a cipher of CBC', { cipher: ['aes256-cbc'] }],
    ['a MAC of SHA-1', { cipher: ['aes256-ctr'], hmac: ['hmac-sha1'] }],
    ['a key exchange of SHA-1', { kex: ['diffie-hellman-group14-sha1'] }],
    ['an RSA signature of SHA-1', { serverHostKey: ['ssh-rsa'] }],
    ['ChaCha20-Poly1305', { cipher: ['chacha20-poly1305@openssh.com'] }],
    ['compression', { compress: ['zlib'] }],
  ] as const) {
    test(`${what} is agreed on with nobody`, async () => {
      await using server = await startTestSftp();
      await assert.rejects(server.connect({ algorithms }), /no matching|handshake/i);
      const failed = await server.event(({ event }) => event === 'handshake.failed');
      assert.ok(failed.event === 'handshake.failed' && failed.protocol === 'sftp');
    });
  }

  test('a login is refused while nothing can be recorded', async () => {
    const records = {
      trouble: 'no disk',
      expect: () => undefined,
      commandEnded: () => undefined,
      recorded: async () => false,
    };
    await using server = await startTestSftp({ records });
    await assert.rejects(server.connect());
  });

  test('no operation is acknowledged that could not be recorded', async () => {
    let isRecorded = true;
    const records = {
      trouble: undefined,
      expect: () => undefined,
      commandEnded: () => undefined,
      recorded: async () => isRecorded,
    };
    await using server = await startTestSftp({ records });
    await using ssh = await server.connect();
    const sftp = await ssh.sftp();
    isRecorded = false;
    const reply = await sftp.ask({ kind: 'mkdir', path: '/made', attributes: {} });
    assert.ok(reply.kind === 'status' && reply.status === 4 && /record/.test(reply.message));
  });

  test('who is idle is sent away', async () => {
    await using server = await startTestSftp({ limits: { idleMs: 100 } });
    await using ssh = await server.connect();
    assert.ok(ssh);
    const closed = await server.event(({ event }) => event === 'session.closed');
    assert.equal(closed.event === 'session.closed' && closed.reason, 'idle for too long');
  });

  test('a server that drains lets open files be closed, and takes none that is not open', async () => {
    await using server = await startTestSftp();
    await using ssh = await server.connect();
    const sftp = await ssh.sftp();
    const handle = await sftp.open('/drained', 0x1a);
    const drained = server.host.drain();
    assert.equal(await sftp.status({ kind: 'write', handle, offset: 0, data: Buffer.from('x') }), 0);
    // The session ends behind this, and its reply may not arrive.
    await Promise.race([sftp.status({ kind: 'close', handle }), drained]);
    await drained;
    const ended = await server.event(({ event }) => event === 'transfer.finished');
    assert.equal(ended.event === 'transfer.finished' && ended.outcome, 'complete');
  });
});

interface RawAuthClient extends EventEmitter {
  connect(options: object): void;
  readonly _protocol: { authPassword(user: string, password: string): void };
}

/** Answers each question by a password. */
function asked(password: string) {
  const methods = [
    {
      type: 'keyboard-interactive',
      username: 'alice',
      prompt: (...given: readonly unknown[]) => (given.at(-1) as (answers: readonly string[]) => void)([password]),
    },
  ];
  return (_methods: unknown, _partial: unknown, next: (method: unknown) => void) => next(methods.shift() ?? false);
}

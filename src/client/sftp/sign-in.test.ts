import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { publicKeyLine } from '../../core/index.ts';
import { makeKeyPair, startTestSftp } from '../../testing/running-sftp.ts';
import { loadSsh2, type Ssh2Key } from '../../transport/index.ts';
import { connect } from '../client.ts';
import { failure } from '../client-fixture.test.ts';
import type { SshOptions } from '../options.ts';
import { HostKeyError, type HostKeyRefusal } from './host-key.ts';
import { keyRing } from './key-ring.ts';
import type { HostKey, KnownHost } from './known-hosts.ts';
import { aliceBySftp, directory } from './sftp-fixture.test.ts';

async function refusalOf(server: { readonly port: number }, ssh: SshOptions): Promise<HostKeyRefusal | undefined> {
  const { cause, message } = await failure('untrusted', connect(aliceBySftp(server, { ssh })));
  assert.ok(cause instanceof HostKeyError);
  assert.ok(message.includes(cause.key.fingerprint));
  return cause.code;
}

suite('trust in an SSH server', () => {
  test('nobody is trusted who is not known, and no password goes out', async () => {
    await using server = await startTestSftp();
    assert.equal(await refusalOf(server, {}), 'unknown');
    assert.ok(!server.events.some(({ event }) => event === 'login.failed' || event === 'login.succeeded'));
  });

  test('a server that is remembered is trusted from then on, and no other one with its name', async () => {
    await using server = await startTestSftp();
    const known: KnownHost[] = [];
    const remember = async (_host: string, _port: number, key: HostKey): Promise<boolean> => {
      known.push({ marker: 'known', type: key.type, base64: key.base64, where: 'here' });
      return true;
    };
    const find = async (): Promise<readonly KnownHost[]> => known;
    await using first = await connect(aliceBySftp(server, { ssh: { knownHosts: { find, remember } } }));
    assert.equal(first.server.ssh?.hostKey, 'ssh-ed25519');
    await using second = await connect(aliceBySftp(server, { ssh: { knownHosts: { find } } }));
    assert.ok(second);
    await using other = await startTestSftp();
    assert.equal(await refusalOf(other, { knownHosts: { find, remember } }), 'changed');
  });

  test('the algorithm of a key that is known is asked for first', async () => {
    await using server = await startTestSftp();
    const unknown: KnownHost[] = [{ marker: 'known', type: 'ecdsa-sha2-nistp256', base64: 'AAAA', where: 'here' }];
    const knownHosts = { find: async () => unknown };
    const { cause } = await failure('untrusted', connect(aliceBySftp(server, { ssh: { knownHosts } })));
    assert.ok(cause instanceof HostKeyError && cause.code === 'changed' && cause.key.type === 'ecdsa-sha2-nistp256');
  });

  test('a revoked key, a mere authority and another pin are refused; the right pin is enough', async () => {
    await using server = await startTestSftp();
    let shown: HostKey | undefined;
    const remember = async (_host: string, _port: number, key: HostKey): Promise<boolean> => {
      shown = key;
      return false;
    };
    assert.equal(await refusalOf(server, { knownHosts: { find: async () => [], remember } }), 'unknown');
    assert.ok(shown);
    const { type, base64, fingerprint } = shown;
    const having = (...markers: KnownHost['marker'][]) => ({
      find: async () => markers.map((marker) => ({ marker, type, base64, where: 'here' })),
    });
    assert.equal(await refusalOf(server, { knownHosts: having('known', 'revoked') }), 'revoked');
    assert.equal(await refusalOf(server, { knownHosts: having('revoked'), hostKeys: [fingerprint] }), 'revoked');
    assert.equal(await refusalOf(server, { knownHosts: having('authority') }), 'authority');
    assert.equal(await refusalOf(server, { hostKeys: [`SHA256:${'A'.repeat(43)}`] }), 'pin-mismatch');
    await using client = await connect(aliceBySftp(server, { ssh: { hostKeys: [fingerprint] } }));
    assert.equal(client.server.ssh?.fingerprint, fingerprint);
  });
});

suite('signing in to an SSH server', () => {
  for (const kind of ['ed25519', 'ecdsa', 'rsa'] as const) {
    test(`a private key of the kind ${kind} signs in, and by no SHA-1`, async () => {
      const { privateKey, line } = await makeKeyPair(kind);
      await using server = await startTestSftp({ account: { authorizedKeys: [line] } });
      const password = () => assert.fail('A password was asked for');
      const ssh = { insecure: true, keys: [{ key: privateKey }] };
      await using client = await connect(aliceBySftp(server, { ssh, password }));
      assert.equal(client.home, '/');
    });
  }

  test('an encrypted key signs in by its passphrase, which is asked for only then, and not by a wrong one', async () => {
    const { utils } = await loadSsh2();
    const { private: key, public: line } = utils.generateKeyPairSync('ed25519', {
      passphrase: 'open',
      cipher: 'aes256-ctr',
    });
    const authorized = publicKeyLine(line);
    assert.ok(authorized);
    await using server = await startTestSftp({ account: { authorizedKeys: [authorized] } });
    const password = () => assert.fail('A password was asked for');
    let asked = 0;
    const passphrase = async (): Promise<string> => {
      asked += 1;
      return 'open';
    };
    await using client = await connect(
      aliceBySftp(server, { password, ssh: { insecure: true, keys: [{ key, passphrase }] } }),
    );
    assert.deepEqual([client.home, asked], ['/', 1]);
    const ssh = { insecure: true, keys: [{ key, passphrase: 'wrong' }] };
    const { message } = await failure('invalid-argument', connect(aliceBySftp(server, { password, ssh })));
    assert.match(message, /private key/);
  });

  test('an agent that is silent is named, and not waited for for ever', async () => {
    await using server = await startTestSftp();
    await using scratch = await directory();
    const path = join(scratch.path, 'agent');
    const sockets = new Set<Socket>();
    const agent = createServer((socket) => sockets.add(socket));
    agent.listen(path);
    await once(agent, 'listening');
    const limits = { replyMs: 200 };
    const { message } = await failure(
      'timeout',
      connect(aliceBySftp(server, { limits, ssh: { insecure: true, agent: path } })),
    );
    assert.equal(message, `The SSH agent at ${path} did not answer in time (replyMs)`);
    for (const socket of sockets) socket.destroy();
    agent.close();
    await once(agent, 'close');
  });

  test('an agent that is not there leaves the password', async () => {
    await using server = await startTestSftp();
    await using scratch = await directory();
    const ssh = { insecure: true, agent: join(scratch.path, 'none') };
    await using client = await connect(aliceBySftp(server, { ssh }));
    assert.equal(client.home, '/');
  });

  test('behind keys that are refused the password is tried', async () => {
    await using server = await startTestSftp();
    const ssh = { insecure: true, keys: [{ key: (await makeKeyPair()).privateKey }] };
    await using client = await connect(aliceBySftp(server, { ssh }));
    assert.ok(client);
  });

  test('a wrong password is a refused login, tried once', async () => {
    await using server = await startTestSftp();
    await failure('login-refused', connect(aliceBySftp(server, { password: 'wrong' })));
    assert.equal(server.events.filter(({ event }) => event === 'login.failed').length, 1);
  });

  test('a text that is no key is told as such', async () => {
    await using server = await startTestSftp();
    const ssh = { insecure: true, keys: [{ key: 'no key' }] };
    await failure('invalid-argument', connect(aliceBySftp(server, { ssh })));
  });
});

test('no RSA key signs with SHA-1, whatever a server wants', async () => {
  const module = await loadSsh2();
  const ring = await keyRing(
    module,
    { keys: [{ key: (await makeKeyPair('rsa')).privateKey }] },
    { asked: () => undefined, answered: () => undefined },
  );
  const [key] = await new Promise<readonly Ssh2Key[]>((resolve) =>
    ring?.getIdentities((_error, keys = []) => resolve(keys)),
  );
  assert.ok(ring && key);
  const sign = (hash: string | undefined): Promise<Error | undefined> =>
    new Promise((resolve) => ring.sign(key, Buffer.from('data'), { hash }, resolve));
  assert.match(String(await sign(undefined)), /SHA-1/);
  assert.match(String(await sign('sha1')), /SHA-1/);
  assert.equal(await sign('sha512'), undefined);
});

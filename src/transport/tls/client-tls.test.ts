import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type TestCertificate, testAuthority, testCertificate } from '../../testing/certificates.ts';
import type { ClientChannel } from '../control/client-channel.ts';
import {
  authority,
  certificate,
  clientTls,
  connected,
  limitsOf,
  lines,
  versions,
  wait,
} from '../control/client-fixture.test.ts';
import { ClientTls, type ClientTlsSettings } from './client-tls.ts';
import { pinPrefix, serverCertificate } from './server-certificate.ts';
import { TrustError } from './trust-error.ts';

/** A server that speaks TLS from the first byte. */
async function implicit(shown: TestCertificate = certificate): Promise<{ channel: ClientChannel; tls: TLSSocket }> {
  const { channel, server } = await connected();
  return { channel, tls: startTls(server, shown) };
}

function startTls(server: Socket, shown: TestCertificate = certificate): TLSSocket {
  const secureContext = createSecureContext({ cert: shown.certificate, key: shown.key });
  const tls = new TLSSocket(server, { isServer: true, secureContext });
  return tls
    .on('error', () => undefined)
    .on('end', () => tls.destroy())
    .resume();
}

function shownBy({ certificate: pem }: TestCertificate) {
  return serverCertificate(new X509Certificate(pem));
}

const dayMs = 86_400_000;
const selfSigned = await testCertificate(['localhost']);
const otherHost = await testCertificate(['other.example'], { ca: authority });
const otherAuthority = await testCertificate(['localhost'], { ca: await testAuthority('Other') });
const expired = await testCertificate(['localhost'], { ca: authority, notAfter: new Date(Date.now() - dayMs / 2) });
const notYet = await testCertificate(['localhost'], { ca: authority, notBefore: new Date(Date.now() + dayMs) });
const address = await testCertificate(['127.0.0.1'], { ca: authority });

describe('a server is trusted', () => {
  const cases: Record<string, readonly [TestCertificate, Partial<ClientTlsSettings>]> = {
    'for its authority, its name and its dates': [certificate, {}],
    'for an address': [address, { host: '127.0.0.1' }],
    'for the name that was asked for in place of the host': [
      certificate,
      { host: '127.0.0.1', serverName: 'localhost' },
    ],
    'for a name with a dot at its end': [certificate, { host: 'localhost.' }],
    'for the pin of its key, whatever else is wrong': [expired, { host: 'x.example', pins: [shownBy(expired).pin] }],
    'for its fingerprint': [selfSigned, { pins: [shownBy(selfSigned).fingerprint] }],
    'for its fingerprint without colons': [
      selfSigned,
      { pins: [shownBy(selfSigned).fingerprint.replaceAll(':', '').toLowerCase()] },
    ],
    'for one pin of several': [selfSigned, { pins: [shownBy(certificate).pin, shownBy(selfSigned).pin] }],
    'for being known': [
      selfSigned,
      { knownServer: async ({ pin }) => (pin === shownBy(selfSigned).pin ? 'known' : 'changed') },
    ],
    'for nothing, where nothing is verified': [expired, { host: 'x.example', verification: 'none' }],
  };
  for (const [name, [shown, settings]] of Object.entries(cases)) {
    test(name, async () => {
      const { channel, tls: server } = await implicit(shown);
      const tls = clientTls(settings);
      const facts = await channel.secure(tls);
      assert.deepEqual([facts.resumed, facts, tls.certificate], [false, channel.tls, shownBy(shown)]);
      const asked = (settings.serverName ?? settings.host ?? 'localhost').replace(/\.$/, '');
      // No address is asked for by name (RFC 6066 section 3).
      const expected = isIP(asked) ? undefined : asked;
      assert.deepEqual([server.servername || undefined, facts.serverName], [expected, expected]);
    });
  }
});

describe('a server is not trusted, and is sent nothing', () => {
  const cases: Record<string, readonly [TestCertificate, Partial<ClientTlsSettings>, string, RegExp]> = {
    'that signs for itself': [selfSigned, {}, 'untrusted', /signed by itself/],
    'of another authority': [otherAuthority, {}, 'untrusted', /authority/],
    'for another host': [otherHost, {}, 'wrong-host', /not for localhost, but for other\.example/],
    'for a name where an address was asked for': [certificate, { host: '127.0.0.1' }, 'wrong-host', /127\.0\.0\.1/],
    'after its time': [expired, {}, 'expired', /expired on/],
    'before its time': [notYet, {}, 'expired', /not valid before/],
    'whose pin is another one, though its authority is trusted': [
      certificate,
      { pins: [shownBy(selfSigned).pin] },
      'pin-mismatch',
      /pinned/,
    ],
    'whose pin is another one, though nothing is verified': [
      certificate,
      { pins: [shownBy(selfSigned).pin], verification: 'none' },
      'pin-mismatch',
      /pinned/,
    ],
    'that has changed': [selfSigned, { knownServer: async () => 'changed' }, 'changed', /remembered.*signed by itself/],
    'that nobody knows': [selfSigned, { knownServer: async () => 'unknown' }, 'untrusted', /signed by itself/],
  };
  for (const [name, [shown, settings, code, message]] of Object.entries(cases)) {
    for (const version of versions) {
      test(`${name} (${version})`, async () => {
        const { channel, tls } = await implicit(shown);
        const got: Buffer[] = [];
        tls.on('data', (chunk) => got.push(chunk));
        const over = once(tls, 'close');
        await assert.rejects(channel.secure(clientTls({ maxVersion: version, ...settings })), (error) => {
          assert.ok(error instanceof TrustError);
          assert.equal(error.code, code);
          assert.match(error.message, message);
          assert.deepEqual(error.certificate, shownBy(shown));
          assert.ok(error.message.includes(error.certificate.fingerprint));
          assert.ok(error.message.includes(`pins: ['${error.certificate.pin}']`));
          return true;
        });
        await over;
        assert.deepEqual(got, []);
        assert.equal(await channel.closed, 'tls-failed');
      });
    }
  }
});

test('all that speaks against a server is told at once', async () => {
  const wrong = await testCertificate(['other.example'], { notAfter: new Date(Date.now() - dayMs / 2) });
  const { channel } = await implicit(wrong);
  await assert.rejects(channel.secure(clientTls()), (error) => {
    assert.ok(error instanceof TrustError);
    assert.match(error.reasons.join(), /other\.example.*expired on/);
    return true;
  });
});

test('an authority that the memory of servers does not have to be asked about is not asked', async () => {
  const { channel } = await implicit();
  await channel.secure(clientTls({ knownServer: () => assert.fail('asked') }));
});

test('a memory of servers that fails, fails the handshake with its own error', async () => {
  const { channel } = await implicit(selfSigned);
  const failure = new Error('The file cannot be read');
  const knownServer = () => Promise.reject(failure);
  await assert.rejects(channel.secure(clientTls({ knownServer })), (error) => error === failure);
});

test('the question about an unknown server ends with the signal', async () => {
  const { channel } = await implicit(selfSigned);
  const abort = new AbortController();
  const knownServer = (): Promise<never> => {
    abort.abort();
    return new Promise(() => undefined);
  };
  await assert.rejects(channel.secure(clientTls({ knownServer }), abort.signal), { code: 'aborted' });
});

test('settings that cannot work are refused before anything is sent', () => {
  const settings: Record<string, readonly [Partial<ClientTlsSettings>, string]> = {
    'no pin': [{ pins: ['sha256//short'] }, 'bad-pin'],
    'a pin of another length': [{ pins: [`${pinPrefix}${Buffer.alloc(20).toString('base64')}`] }, 'bad-pin'],
    'no certificate': [{ authorities: ['nothing'] }, 'bad-authority'],
    'the key of another': [
      { clientCertificate: { certificate: certificate.certificate, key: selfSigned.key } },
      'key-mismatch',
    ],
  };
  for (const [name, [given, code]] of Object.entries(settings)) {
    assert.throws(() => clientTls(given), { name: 'TlsSettingsError', code }, name);
  }
});

test('a server that speaks no TLS is told from one that is not trusted, with the way out', async () => {
  for (const [greeting, message] of [
    ['', /does not speak TLS here.*explicit/],
    ['220 hello\r\n', /in the clear before TLS.*explicit/],
  ] as const) {
    const { channel, server } = await connected();
    server.on('data', () => server.write('220 hello\r\n'));
    if (greeting) await arrived(server, greeting);
    await assert.rejects(channel.secure(clientTls()), { message });
  }
});

/** Writes, and lets the event loop see what came inside this process. */
async function arrived(server: Socket, text: string): Promise<void> {
  await new Promise((resolve) => server.write(text, resolve));
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('what came in the clear behind 234', () => {
  test('in the same segment drops the connection', async () => {
    const { channel, server } = await connected();
    server.write('234 go\r\n230 you are in\r\n');
    assert.deepEqual(await lines(channel, 1), ['234 go']);
    await assert.rejects(channel.secure(clientTls()), { name: 'ChannelError', code: 'injected' });
    assert.equal(await channel.closed, 'injected');
    await assert.rejects(channel.nextLine(wait), { code: 'injected' });
  });

  test('without the end of a line drops the connection too', async () => {
    const { channel, server } = await connected();
    server.write('234 go\r\n2');
    assert.deepEqual(await lines(channel, 1), ['234 go']);
    await assert.rejects(channel.secure(clientTls()), { code: 'injected' });
  });

  test('byte by byte, before the handshake, is never read as a line', async () => {
    const { channel, server } = await connected();
    server.write('234 go\r\n');
    assert.deepEqual(await lines(channel, 1), ['234 go']);
    const secured = channel.secure(clientTls());
    for (const byte of Buffer.from('230 you are in\r\n')) server.write(Buffer.of(byte));
    await assert.rejects(secured, { code: 'tls-failed' });
    await assert.rejects(channel.nextLine(wait), { code: 'tls-failed' });
  });
});

test('lines go on in TLS after 234, and the end is told', async () => {
  for (const version of versions) {
    const { channel, server } = await connected();
    server.write('234 go\r\n');
    await lines(channel, 1);
    const tls = startTls(server);
    const facts = await channel.secure(clientTls({ maxVersion: version }));
    assert.deepEqual([facts.version, facts.serverName], [version, 'localhost']);
    tls.write('200 one\r\n200 t');
    tls.end('wo\r\n');
    assert.deepEqual(await lines(channel, 2), ['200 one', '200 two']);
    await assert.rejects(channel.nextLine(wait), { code: 'peer-closed' });
    assert.equal(await channel.closed, 'peer-closed');
  }
});

test('closing ends TLS before it ends TCP', async () => {
  const { channel, tls } = await implicit();
  await channel.secure(clientTls());
  const [command] = await Promise.all([once(tls, 'data'), once(tls, 'end'), channel.close(Buffer.from('QUIT\r\n'))]);
  assert.equal(command.toString(), 'QUIT\r\n');
});

test('rubbish in the place of TLS records ends the channel', async () => {
  const { channel, server } = await connected();
  startTls(server);
  await channel.secure(clientTls());
  server.write('200 in the clear\r\n');
  await assert.rejects(channel.nextLine(wait), { code: 'tls-failed' });
});

test('a handshake that hangs ends by its limit, one that is aborted at once, one that is cut with its reason', async () => {
  const hanging = await connected();
  const tls = new ClientTls({ host: 'localhost' }, limitsOf({ tlsHandshakeMs: 30 }));
  await assert.rejects(hanging.channel.secure(tls), { code: 'timeout' });
  const aborted = await connected();
  const abort = new AbortController();
  aborted.server.once('data', () => abort.abort());
  await assert.rejects(aborted.channel.secure(clientTls(), abort.signal), { code: 'aborted' });
  for (const end of ['end', 'resetAndDestroy', 'destroy'] as const) {
    const { channel, server } = await connected();
    server.once('data', () => server[end]());
    await assert.rejects(channel.secure(clientTls()), { code: 'tls-failed' });
    assert.equal(await channel.closed.then((reason) => reason === 'tls-failed' || reason === 'reset'), true);
  }
});

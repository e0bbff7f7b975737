import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect } from 'node:tls';
import { limitsWith } from '../../core/index.ts';
import { testCertificate } from '../../testing/certificates.ts';
import { tcpPair } from '../tcp-pair.ts';
import { a, authority, handshake, identity, never, session, versions } from './tls-handshake-fixture.test.ts';
import { createTlsIdentity } from './tls-identity.ts';

const upload = { direction: 'upload', sessionReuse: 'off' } as const;

test('modern speaks TLS 1.3 alone, intermediate TLS 1.2 too and nothing older', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
  const modern = () => identity({ profile: 'modern' }).forConnection();
  await assert.rejects(handshake(modern(), 'control', { maxVersion: 'TLSv1.2' }));
  await assert.rejects(handshake(identity().forConnection(), 'control', old));
  assert.equal((await handshake(modern(), 'control')).facts.version, 'TLSv1.3');
});

test('fips has no cipher and no group that NIST SP 800-52r2 does not have, on either connection', async () => {
  const fips = () => identity({ profile: 'fips' }).forConnection();
  for (const maxVersion of versions) {
    const { facts } = await handshake(fips(), 'control', { maxVersion });
    assert.match(facts.cipher, /AES(?:_|)(?:128|256)/);
    for (const purpose of ['control', 'download'] as const) {
      await assert.rejects(handshake(fips(), purpose, { maxVersion, ecdhCurve: 'X25519' }), purpose);
      await handshake(fips(), purpose, { maxVersion, ecdhCurve: 'P-256' });
    }
  }
  const chacha = ['TLS_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'];
  for (const [index, maxVersion] of (['TLSv1.3', 'TLSv1.2'] as const).entries()) {
    const options = { minVersion: maxVersion, maxVersion, ciphers: chacha[index] ?? '' } as const;
    assert.match((await handshake(identity().forConnection(), 'control', options)).facts.cipher, /CHACHA20/);
    await assert.rejects(handshake(fips(), 'control', options), maxVersion);
  }
});

test('TLS 1.2 without forward secrecy or AEAD is refused', async () => {
  for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA256']) {
    const weak = { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` } as const;
    await assert.rejects(handshake(identity().forConnection(), 'control', weak), ciphers);
  }
});

test('renegotiation is refused', async () => {
  const { client } = await handshake(identity().forConnection(), 'control', { maxVersion: 'TLSv1.2' });
  const failure = await new Promise((resolve) => {
    client.once('error', resolve);
    client.renegotiate({}, (error) => resolve(error));
  });
  assert.match(String(failure), /no renegotiation/i);
});

describe('ALPN', () => {
  for (const [purpose, offered, chosen] of [
    ['control', undefined, undefined],
    ['control', ['ftp'], 'ftp'],
    ['control', ['x-filezilla-ftp', 'ftp'], 'ftp'],
    ['download', ['ftp-data'], 'ftp-data'],
    ['download', ['ftp'], 'ftp'],
    ['upload', undefined, undefined],
  ] as const) {
    test(`${purpose} with ${offered?.join(', ') ?? 'none'} offered chooses ${chosen ?? 'none'}`, async () => {
      const tls = identity().forConnection();
      const { facts } = await handshake(tls, purpose, offered ? { ALPNProtocols: [...offered] } : {});
      assert.equal(facts.alpn, chosen);
    });
  }

  // ALPACA: a browser that was led here must not get a handshake.
  for (const purpose of ['control', 'download'] as const) {
    test(`${purpose} refuses a client of another protocol with the alert that says so`, async () => {
      const [accepted, connected] = await tcpPair();
      const client = connect({ socket: connected, rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] });
      const refused = once(client, 'secureConnect');
      const tls = identity().forConnection();
      const secured = purpose === 'control' ? tls.secureControl(accepted) : tls.secureData(accepted, upload, never);
      await assert.rejects(secured);
      await assert.rejects(refused, /no application protocol|alert number 120/i);
      for (const socket of [accepted, connected]) socket.destroy();
    });
  }
});

describe('client certificates', () => {
  for (const version of versions) {
    const only = { minVersion: version, maxVersion: version };

    test(`one that leads to the authority is verified, also when its session is resumed (${version})`, async () => {
      const client = await testCertificate(['alice', 'alice@example.org'], { ca: authority, client: true });
      const clientCertificates = { ask: 'require', authorities: [authority.certificate] } as const;
      const tls = identity({ clientCertificates }).forConnection();
      const options = { ...only, cert: client.certificate, key: client.key };
      const control = await handshake(tls, 'control', options);
      assert.deepEqual(control.facts.clientCertificate?.commonNames, ['alice']);
      assert.deepEqual(control.facts.clientCertificate?.alternativeNames, ['alice', 'alice@example.org']);
      assert.equal(control.facts.clientCertificate?.verified, true);
      assert.match(control.facts.clientCertificate?.fingerprint ?? '', /^[0-9a-f]{64}$/);
      const resumed = await handshake(tls, 'upload', { ...only, session: control.tickets.at(-1) });
      assert.equal(resumed.facts.resumed, true);
      assert.deepEqual(resumed.facts.clientCertificate, control.facts.clientCertificate);
    });

    test(`one of a stranger is told as not verified when asked for, and refused when required (${version})`, async () => {
      const client = await testCertificate(['mallory'], { client: true });
      const options = { ...only, cert: client.certificate, key: client.key };
      const authorities = [authority.certificate];
      const asking = identity({ clientCertificates: { ask: 'request', authorities } }).forConnection();
      const { facts } = await handshake(asking, 'control', options);
      assert.equal(facts.clientCertificate?.verified, false);
      const requiring = identity({ clientCertificates: { ask: 'require', authorities } }).forConnection();
      await assert.rejects(handshake(requiring, 'control', options));
    });

    test(`none is accepted when asked for, and refused when required (${version})`, async () => {
      const authorities = [authority.certificate];
      const asking = identity({ clientCertificates: { ask: 'request', authorities } }).forConnection();
      assert.equal((await handshake(asking, 'control', only)).facts.clientCertificate, undefined);
      const requiring = identity({ clientCertificates: { ask: 'require', authorities } }).forConnection();
      await assert.rejects(handshake(requiring, 'control', only));
    });
  }

  test('without authorities nobody is verified, not even by one that the public trusts', async () => {
    const client = await testCertificate(['alice'], { ca: authority, client: true });
    const tls = identity({ clientCertificates: { ask: 'request', authorities: [] } }).forConnection();
    const { facts } = await handshake(tls, 'control', { cert: client.certificate, key: client.key });
    assert.equal(facts.clientCertificate?.verified, false);
  });
});

describe('a handshake that does not get anywhere', () => {
  for (const [title, act] of [
    ['is ended when nothing comes', () => undefined],
    ['is ended when half a greeting comes', (client: Socket) => client.write('\x16\x03\x01')],
  ] as const) {
    test(title, async () => {
      const [accepted, connected] = await tcpPair();
      const tls = createTlsIdentity({ certificates: [a] }, limitsWith({ tlsHandshakeMs: 50 })).forConnection();
      act(connected);
      await assert.rejects(tls.secureControl(accepted), /too long/);
      assert.equal(accepted.destroyed, true);
      connected.destroy();
    });
  }

  for (const [title, act] of [
    ['ends with TCP', (client: Socket) => client.end()],
    ['ends with a reset', (client: Socket) => client.resetAndDestroy()],
    ['ends when it is not TLS', (client: Socket) => client.write('USER anonymous\r\n')],
  ] as const) {
    test(title, async () => {
      const [accepted, connected] = await tcpPair();
      accepted.on('error', () => undefined);
      const secured = identity().forConnection().secureData(accepted, upload, never);
      act(connected);
      await assert.rejects(secured);
      connected.destroy();
    });
  }

  test('ends when the signal is given', async () => {
    const [accepted, connected] = await tcpPair();
    const abort = new AbortController();
    const secured = identity().forConnection().secureData(accepted, upload, abort.signal);
    abort.abort();
    await assert.rejects(secured, /given up/);
    connected.destroy();
  });
});

test('whether another connection may lend its session is asked for as long as a handshake may take', async () => {
  const shared = createTlsIdentity({ certificates: [a] }, limitsWith({ tlsHandshakeMs: 2000 }));
  const lent = await session(shared.forConnection('lender'));
  const [accepted, connected] = await tcpPair();
  const client = connect({ socket: connected, rejectUnauthorized: false, servername: 'a.example', session: lent });
  client.on('error', () => undefined);
  const asked: string[] = [];
  const mayLend = (lender: string, signal: AbortSignal) => {
    asked.push(lender);
    return once(signal, 'abort').then(() => Promise.reject(signal.reason));
  };
  const others = { mayLend, find: async () => undefined };
  const rules = { direction: 'upload', sessionReuse: 'require', others } as const;
  await assert.rejects(shared.forConnection('borrower').secureData(accepted, rules, never), {
    code: 'session-not-reused',
  });
  assert.deepEqual(asked, ['lender']);
  for (const socket of [client, accepted, connected]) socket.destroy();
});

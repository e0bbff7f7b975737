import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type Direction, limitsWith, type TlsFacts } from '../core/index.ts';
import { testAuthority, testCertificate } from '../testing/certificates.ts';
import type { ConnectionTls } from './connection-tls.ts';
import { tcpPair } from './tcp-pair.ts';
import { createTlsIdentity } from './tls-identity.ts';
import type { TlsSettings } from './tls-settings.ts';

const a = await testCertificate(['a.example']);
const b = await testCertificate(['b.example']);
const authority = await testAuthority();
const never = new AbortController().signal;
const versions = ['TLSv1.2', 'TLSv1.3'] as const;

function identity(settings: Partial<TlsSettings> = {}) {
  return createTlsIdentity({ certificates: [a, b], ...settings }, limitsWith({ tlsHandshakeMs: 5000 }));
}

interface Outcome {
  readonly facts: TlsFacts;
  readonly client: TLSSocket;
  /** The tickets that the client got. */
  readonly tickets: readonly Buffer[];
  readonly shown: string;
}

/** A handshake with a client of Node's, and a byte each way, behind which every ticket has come. */
async function handshake(
  tls: ConnectionTls,
  purpose: 'control' | Direction,
  options: ConnectionOptions = {},
): Promise<Outcome> {
  const [accepted, connected] = await tcpPair();
  after(() => {
    accepted.destroy();
    connected.destroy();
  });
  accepted.on('error', () => undefined);
  const client = connect({ rejectUnauthorized: false, servername: 'a.example', ...options, socket: connected });
  const tickets: Buffer[] = [];
  client.on('session', (ticket) => tickets.push(ticket)).on('error', () => undefined);
  const { stream, facts } =
    purpose === 'control' ? await tls.secureControl(accepted) : await tls.secureData(accepted, purpose, never);
  client.write('x');
  await once(stream, 'data');
  stream.write('y');
  await once(client, 'data');
  return { facts, client, tickets, shown: client.getPeerX509Certificate()?.subject ?? '' };
}

async function session(tls: ConnectionTls, options: ConnectionOptions = {}): Promise<Buffer> {
  const { tickets } = await handshake(tls, 'control', options);
  return tickets.at(-1) ?? assert.fail('no ticket came');
}

for (const version of versions) {
  const only = { minVersion: version, maxVersion: version };

  describe(`data connections in ${version}`, () => {
    for (const direction of ['upload', 'download', 'listing'] as const) {
      test(`an ${direction} resumes the session of its control connection`, async () => {
        const tls = identity().forConnection();
        const { facts } = await handshake(tls, direction, { ...only, session: await session(tls, only) });
        assert.equal(facts.resumed, true);
        assert.equal(facts.version, version);
      });
    }

    test('a session of another control connection is not resumed', async () => {
      const shared = identity();
      const stolen = await session(shared.forConnection(), only);
      const tls = shared.forConnection();
      await session(tls, only);
      const { facts } = await handshake(tls, 'download', { ...only, session: stolen });
      assert.equal(facts.resumed, false);
    });

    test('a data connection that resumes nothing is given nothing that the next one could resume', async () => {
      const shared = identity();
      const stolen = await session(shared.forConnection(), only);
      for (const direction of ['upload', 'download', 'listing'] as const) {
        for (const shown of [undefined, stolen]) {
          const tls = shared.forConnection();
          await session(tls, only);
          const first = await handshake(tls, direction, { ...only, session: shown });
          assert.equal(first.facts.resumed, false);
          for (const gained of first.tickets) {
            const second = await handshake(tls, direction, { ...only, session: gained });
            assert.equal(second.facts.resumed, false, direction);
          }
        }
      }
    });

    test('a session resumes under every name that SNI can choose', async () => {
      for (const servername of ['a.example', 'b.example', 'unknown.example']) {
        const tls = identity().forConnection();
        const named = { ...only, servername };
        for (const direction of ['upload', 'download', 'listing'] as const) {
          const { facts } = await handshake(tls, direction, { ...named, session: await session(tls, named) });
          assert.equal(facts.resumed, true, `${servername} ${direction}`);
        }
      }
    });

    test('a chain of ten downloads and uploads always resumes, each with the newest ticket', async () => {
      const tls = identity().forConnection();
      let newest = await session(tls, only);
      for (const direction of ['download', 'upload', 'listing', 'upload', 'upload', 'download', 'listing'] as const) {
        const { facts, tickets } = await handshake(tls, direction, { ...only, session: newest });
        assert.equal(facts.resumed, true);
        newest = tickets.at(-1) ?? newest;
      }
    });
  });

  test(`the certificate follows SNI whatever its case, and is the first for an unknown name or none (${version})`, async () => {
    const tls = identity().forConnection();
    for (const [servername, subject] of [
      ['b.example', 'CN=b.example'],
      ['B.Example', 'CN=b.example'],
      ['a.example', 'CN=a.example'],
      ['unknown.example', 'CN=a.example'],
    ] as const) {
      assert.equal((await handshake(tls, 'control', { ...only, servername })).shown, subject);
    }
    assert.equal((await handshake(tls, 'control', { ...only, servername: '' })).shown, 'CN=a.example');
  });
}

test('a TLS 1.2 client that takes no tickets resumes by session identifier (curl), and only its own session', async () => {
  const withoutTickets = { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET } as const;
  const shared = identity();
  const tls = shared.forConnection();
  const own = await session(tls, withoutTickets);
  const foreign = await session(shared.forConnection(), withoutTickets);
  for (const direction of ['upload', 'download', 'listing'] as const) {
    assert.equal((await handshake(tls, direction, { ...withoutTickets, session: own })).facts.resumed, true);
    const unresumed = await handshake(tls, direction, { ...withoutTickets, session: foreign });
    assert.equal(unresumed.facts.resumed, false);
    const [gained] = unresumed.tickets;
    if (!gained) continue;
    assert.equal((await handshake(tls, direction, { ...withoutTickets, session: gained })).facts.resumed, false);
  }
});

describe('tickets in TLS 1.3', () => {
  test('an upload hands out none, resumed or not', async () => {
    const tls = identity().forConnection();
    const ticket = await session(tls);
    assert.equal((await handshake(tls, 'upload')).tickets.length, 0);
    assert.equal((await handshake(tls, 'upload', { session: ticket })).tickets.length, 0);
  });

  test('a client that uses each one once does not run out, whatever it transfers', async () => {
    for (const direction of ['upload', 'download', 'listing'] as const) {
      const tls = identity().forConnection();
      const unused = [...(await handshake(tls, 'control')).tickets];
      for (let transfer = 0; transfer < 6; transfer += 1) {
        const { facts, tickets } = await handshake(tls, direction, { session: unused.shift() });
        assert.equal(facts.resumed, true, `${direction} ${transfer}`);
        unused.push(...tickets);
      }
    }
  });

  test('a client that goes on using the newest one gets none on its uploads', async () => {
    const tls = identity().forConnection();
    let newest = await session(tls);
    for (const direction of ['upload', 'upload', 'download', 'upload', 'listing', 'upload', 'upload'] as const) {
      const { facts, tickets } = await handshake(tls, direction, { session: newest });
      assert.equal(facts.resumed, true);
      assert.equal(tickets.length, direction === 'upload' ? 0 : 1);
      newest = tickets.at(-1) ?? newest;
    }
  });

  test('a download and a listing hand out a new one for the one that was used', async () => {
    const tls = identity().forConnection();
    const ticket = await session(tls);
    assert.equal((await handshake(tls, 'download', { session: ticket })).tickets.length, 1);
    assert.equal((await handshake(tls, 'listing', { session: ticket })).tickets.length, 1);
  });
});

test('modern speaks TLS 1.3 alone, intermediate TLS 1.2 too and nothing older', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
  const modern = () => identity({ profile: 'modern' }).forConnection();
  await assert.rejects(handshake(modern(), 'control', { maxVersion: 'TLSv1.2' }));
  await assert.rejects(handshake(identity().forConnection(), 'control', old));
  assert.equal((await handshake(modern(), 'control')).facts.version, 'TLSv1.3');
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
      const secured = purpose === 'control' ? tls.secureControl(accepted) : tls.secureData(accepted, purpose, never);
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
      const secured = identity().forConnection().secureData(accepted, 'upload', never);
      act(connected);
      await assert.rejects(secured);
      connected.destroy();
    });
  }

  test('ends when the signal is given', async () => {
    const [accepted, connected] = await tcpPair();
    const abort = new AbortController();
    const secured = identity().forConnection().secureData(accepted, 'upload', abort.signal);
    abort.abort();
    await assert.rejects(secured, /given up/);
    connected.destroy();
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type Limits, limitsWith, type TlsFacts } from '../../core/index.ts';
import { testAuthority, testCertificate } from '../../testing/certificates.ts';
import { tcpPair } from '../tcp-pair.ts';
import type { ConnectionTls } from '../tls/connection-tls.ts';
import { createTlsIdentity } from '../tls/tls-identity.ts';
import { connectingEndpoint } from './connecting-endpoint.ts';
import type { DataEndpoint, OpenDataOptions } from './data-endpoint.ts';
import { DataPorts } from './data-ports.ts';

const host = '127.0.0.1';
const authority = await testAuthority();
const identity = createTlsIdentity(
  {
    certificates: [await testCertificate(['localhost'])],
    clientCertificates: { ask: 'request', authorities: [authority.certificate] },
  },
  limitsWith(),
);
const ports = new DataPorts({ maxOpen: 10 });
const never = new AbortController().signal;
const client = { rejectUnauthorized: false, servername: 'localhost' } as const;

async function control(tls: ConnectionTls, options: ConnectionOptions = {}) {
  const [accepted, connected] = await tcpPair();
  const socket = connectTls({ ...client, ...options, socket: connected });
  const [[session], { facts }] = await Promise.all([once(socket, 'session'), tls.secureControl(accepted)]);
  socket.destroy();
  accepted.destroy();
  return { session: session as Buffer, facts };
}

function options(tls: ConnectionTls, given: Partial<OpenDataOptions> = {}): OpenDataOptions {
  return {
    tls,
    direction: 'download',
    sessionReuse: 'require',
    limits: limitsWith(),
    signal: never,
    ...given,
  };
}

function passive(limits: Partial<Limits> = {}): Promise<DataEndpoint> {
  return ports.listen(host, host, limitsWith(limits));
}

async function dial({ address }: DataEndpoint): Promise<Socket> {
  const tcp = connectTcp({ host, port: address.port });
  tcp.on('error', () => undefined);
  after(() => tcp.destroy());
  await once(tcp, 'connect');
  return tcp;
}

describe('session reuse on a data connection', () => {
  for (const [rule, presents, outcome] of [
    ['require', 'its own session', 'opens'],
    ['require', 'no session', 'session-not-reused'],
    ['require', 'the session of another', 'session-not-reused'],
    ['prefer', 'no session', 'opens'],
    ['prefer', 'the session of another', 'opens'],
    ['off', 'no session', 'opens'],
  ] as const) {
    test(`${rule}, and the client presents ${presents}: ${outcome}`, async () => {
      const tls = identity.forConnection();
      const own = await control(tls);
      const other = await control(identity.forConnection());
      const shown = {
        'its own session': own.session,
        'no session': undefined,
        'the session of another': other.session,
      };
      const endpoint = await passive();
      const socket = connectTls({ ...client, session: shown[presents], socket: await dial(endpoint) });
      socket.on('error', () => undefined);
      const opening = endpoint.open(options(tls, { sessionReuse: rule }));
      if (outcome === 'opens') {
        await using connection = await opening;
        assert.equal(connection.tls?.resumed, presents === 'its own session');
      } else {
        await assert.rejects(opening, { name: 'DataError', code: outcome });
        if (!socket.closed) await once(socket.resume(), 'close');
      }
    });
  }
});

test('a thief with a control connection of his own who connects first gets nothing', async () => {
  const victim = identity.forConnection();
  await control(victim);
  const stolen = await control(identity.forConnection());
  for (let round = 0; round < 20; round += 1) {
    const endpoint = await passive();
    const thief = connectTls({ ...client, session: stolen.session, socket: await dial(endpoint) });
    thief.on('error', () => undefined);
    const got = buffer(thief).catch(() => Buffer.alloc(0));
    await assert.rejects(
      async () => {
        await using connection = await endpoint.open(options(victim));
        await connection.send(Readable.from([Buffer.from('secret')]), { signal: never });
      },
      { code: 'session-not-reused' },
    );
    assert.equal((await got).length, 0);
  }
});

describe('client certificates on a data connection', () => {
  const as = async (name: string) => {
    const made = await testCertificate([name], { ca: authority, client: true });
    return { cert: made.certificate, key: made.key };
  };

  async function opened(given: ConnectionOptions, facts: TlsFacts, tls: ConnectionTls) {
    const endpoint = await passive();
    const socket = connectTls({ ...client, ...given, socket: await dial(endpoint) });
    socket.on('error', () => undefined);
    const certificateFingerprint = facts.clientCertificate?.fingerprint;
    return endpoint.open(options(tls, { sessionReuse: 'off', certificateFingerprint }));
  }

  test('must be the one of the control connection', async () => {
    const tls = identity.forConnection();
    const alice = await as('alice');
    const { facts } = await control(tls, alice);
    await using connection = await opened(alice, facts, tls);
    assert.equal(connection.tls?.clientCertificate?.fingerprint, facts.clientCertificate?.fingerprint);
    await assert.rejects(opened(await as('alice'), facts, tls), { code: 'wrong-certificate' });
    await assert.rejects(opened({}, facts, tls), { code: 'wrong-certificate' });
  });

  test('come with the session that is resumed', async () => {
    const tls = identity.forConnection();
    const { facts, session } = await control(tls, await as('alice'));
    await using connection = await opened({ session }, facts, tls);
    assert.equal(connection.tls?.resumed, true);
  });
});

describe('a data connection whose TLS does not get anywhere', () => {
  for (const [title, act] of [
    ['says nothing', () => undefined],
    ['begins and stops', (tcp: Socket) => tcp.write('\x16\x03\x01\x02')],
    ['speaks in the clear', (tcp: Socket) => tcp.write('hello')],
    ['ends', (tcp: Socket) => tcp.end()],
    ['is reset', (tcp: Socket) => tcp.resetAndDestroy()],
  ] as const) {
    test(`as the peer ${title}`, async () => {
      const hasty = limitsWith({ tlsHandshakeMs: 50 });
      const tls = createTlsIdentity({ certificates: [await testCertificate(['localhost'])] }, hasty).forConnection();
      const endpoint = await passive();
      const tcp = await dial(endpoint);
      const opening = endpoint.open(options(tls));
      act(tcp);
      await assert.rejects(opening, { name: 'DataError', code: 'tls-failed' });
      if (!tcp.closed) await once(tcp.resume(), 'close');
    });
  }

  test('as the signal is given', async () => {
    const endpoint = await passive();
    await dial(endpoint);
    const abort = new AbortController();
    const opening = endpoint.open(options(identity.forConnection(), { signal: abort.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await assert.rejects(opening, { name: 'DataError', code: 'aborted' });
  });
});

test('in active mode the server connects and is the TLS server all the same', async () => {
  const tls = identity.forConnection();
  const { session } = await control(tls);
  const listener = createServer().listen(0, host);
  await once(listener, 'listening');
  const received = once(listener, 'connection').then(([tcp]: Socket[]) => {
    const socket = connectTls({ ...client, session, socket: tcp });
    return buffer(socket);
  });
  const endpoint = connectingEndpoint({ address: host, port: (listener.address() as AddressInfo).port }, {});
  await using connection = await endpoint.open(options(tls));
  assert.equal(connection.tls?.resumed, true);
  await connection.send(Readable.from([Buffer.from('hello')]), { signal: never });
  assert.equal((await received).toString(), 'hello');
  listener.close();
});

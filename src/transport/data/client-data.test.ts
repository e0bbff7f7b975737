import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { after, describe, test } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import { limitsWith, type SessionReuse } from '../../core/index.ts';
import { testCertificate } from '../../testing/certificates.ts';
import {
  authority,
  certificate,
  clientTls,
  connected,
  host,
  limitsOf,
  never,
  startServer,
  versions,
} from '../control/client-fixture.test.ts';
import type { ClientTls, ClientTlsSettings, ClientTlsVersion } from '../tls/client-tls.ts';
import type { ConnectionTls } from '../tls/connection-tls.ts';
import type { DataTls } from '../tls/data-tls.ts';
import { createTlsIdentity } from '../tls/tls-identity.ts';
import { connectingEndpoint } from './connecting-endpoint.ts';
import { Kept, pattern, whole } from './data-connection-fixture.test.ts';
import type { DataEndpoint, OpenDataOptions } from './data-endpoint.ts';
import { DataPorts } from './data-ports.ts';

const identity = createTlsIdentity({ certificates: [certificate] }, limitsWith());
const ports = new DataPorts({ maxOpen: 10 });
const bytes = pattern(300_000);

interface Secured {
  readonly ours: ClientTls;
  readonly theirs: ConnectionTls;
}

/** TLS of a control connection, on both sides, with whatever tickets the server gave. */
async function control(
  version: ClientTlsVersion,
  theirs = identity.forConnection(),
  settings: Partial<ClientTlsSettings> = {},
): Promise<Secured> {
  const { channel, server } = await connected();
  const ours = clientTls({ maxVersion: version, ...settings });
  const [{ stream }] = await Promise.all([theirs.secureControl(server), channel.secure(ours)]);
  // Behind a line of the server, its tickets have come too.
  stream.write('220 hello\r\n');
  await channel.nextLine({ timeoutMs: 5000 });
  return { ours, theirs };
}

function options(tls: DataTls, given: Partial<OpenDataOptions> = {}): OpenDataOptions {
  return { tls, direction: 'download', sessionReuse: 'require', limits: limitsOf(), signal: never, ...given };
}

/** The two ends of a data connection in passive mode, or in active mode. */
async function endpoints(mode: 'passive' | 'active'): Promise<{ ours: DataEndpoint; theirs: DataEndpoint }> {
  const listening = await ports.listen(host, host, { passiveIdleMs: 5000 });
  const connecting = connectingEndpoint(listening.address, { localAddress: host });
  return mode === 'passive' ? { ours: connecting, theirs: listening } : { ours: listening, theirs: connecting };
}

async function opened(mode: 'passive' | 'active', tls: Secured, given: Partial<OpenDataOptions>) {
  const ends = await endpoints(mode);
  const [client, server] = await Promise.all([
    ends.ours.open(options(tls.ours, given)),
    ends.theirs.open(options(tls.theirs, given)),
  ]);
  return { client, server };
}

for (const version of versions) {
  for (const mode of ['passive', 'active'] as const) {
    test(`ten transfers in a row resume the session and arrive whole, in ${mode} mode (${version})`, async () => {
      const tls = await control(version);
      for (let round = 0; round < 10; round += 1) {
        const direction = round % 3 === 1 ? 'upload' : 'download';
        const ends = await opened(mode, tls, { direction });
        await using client = ends.client;
        await using server = ends.server;
        assert.deepEqual([client.tls?.resumed, server.tls?.resumed, client.tls?.version], [true, true, version]);
        const [from, to] = direction === 'upload' ? [client, server] : [server, client];
        const sink = new Kept();
        const [, { ending }] = await Promise.all([from.send(Readable.from([bytes]), whole), to.receive(sink, whole)]);
        assert.deepEqual([ending, sink.bytes.equals(bytes)], ['clean', true], `round ${round}`);
      }
    });
  }
}

/** A server of Node's alone, which resumes nothing, on the data port. */
async function foreign(shown = certificate, version: ClientTlsVersion = 'TLSv1.3') {
  const secureContext = createSecureContext({ cert: shown.certificate, key: shown.key, maxVersion: version });
  const accepted = Promise.withResolvers<{ tls: TLSSocket; tcp: Socket }>();
  const port = await startServer((tcp) => {
    const tls = new TLSSocket(tcp, { isServer: true, secureContext });
    tls.on('error', () => undefined).on('end', () => tls.end());
    accepted.resolve({ tls, tcp });
  });
  return { endpoint: connectingEndpoint({ address: host, port }, {}), accepted: accepted.promise };
}

const renewed = await testCertificate(['localhost'], { ca: authority });

for (const version of versions) {
  describe(`a data connection that does not resume (${version})`, () => {
    for (const [sessionReuse, shown, outcome] of [
      ['require', certificate, 'session-not-reused'],
      ['prefer', certificate, 'opens'],
      ['off', certificate, 'opens'],
      ['require', renewed, 'data-certificate-differs'],
      ['prefer', renewed, 'data-certificate-differs'],
      ['off', renewed, 'data-certificate-differs'],
    ] as const) {
      test(`${sessionReuse}, ${shown === certificate ? 'the same certificate' : 'another one, as good'}: ${outcome}`, async () => {
        const { ours } = await control(version);
        const { endpoint, accepted } = await foreign(shown, version);
        const opening = endpoint.open(options(ours, { sessionReuse }));
        if (outcome === 'opens') {
          await using connection = await opening;
          assert.equal(connection.tls?.resumed, false);
        } else {
          const { tls } = await accepted;
          const got: Buffer[] = [];
          tls.on('data', (chunk) => got.push(chunk));
          const over = once(tls, 'close');
          await assert.rejects(opening, { code: outcome });
          await over;
          assert.deepEqual(got, []);
        }
      });
    }

    test('gives nothing that a later one would resume', async () => {
      const tls = await control(version);
      const { endpoint, accepted } = await foreign(certificate, version);
      await using client = await endpoint.open(options(tls.ours, { sessionReuse: 'off' }));
      (await accepted).tls.end('a');
      await client.receive(new Kept(), whole);
      const next = await opened('passive', tls, {});
      await using again = next.client;
      await using server = next.server;
      assert.deepEqual([again.tls?.resumed, server.tls?.resumed], [true, true]);
    });
  });

  test(`off offers no session though there is one (${version})`, async () => {
    const { client, server } = await opened('passive', await control(version), { sessionReuse: 'off' });
    await using _client = client;
    await using _server = server;
    assert.deepEqual([client.tls?.resumed, server.tls?.resumed], [false, false]);
  });

  test(`a download without close_notify is cut, one that is reset is that (${version})`, async () => {
    const { ours } = await control(version);
    for (const [end, endings] of [
      ['end', ['cut']],
      // Node 22 may tell a reset behind data as the end of TCP.
      ['resetAndDestroy', ['reset', 'cut']],
    ] as const) {
      const { endpoint, accepted } = await foreign(certificate, version);
      await using connection = await endpoint.open(options(ours, { sessionReuse: 'prefer' }));
      const { tls, tcp } = await accepted;
      const sink = new Kept();
      const received = connection.receive(sink, whole);
      await new Promise((resolve) => tls.write('half', resolve));
      await new Promise((resolve) => setImmediate(resolve));
      tcp[end]();
      const { ending } = await received;
      assert.ok(
        endings.some((expected) => expected === ending),
        ending,
      );
    }
  });

  test(`an upload ends with close_notify, and takes what the server still says before its own (${version})`, async () => {
    const { ours } = await control(version);
    const { endpoint, accepted } = await foreign(certificate, version);
    await using connection = await endpoint.open(options(ours, { direction: 'upload', sessionReuse: 'prefer' }));
    const { tls } = await accepted;
    const sent = connection.send(Readable.from([bytes]), whole);
    const got: Buffer[] = [];
    tls.on('data', (chunk) => got.push(chunk));
    await once(tls, 'end');
    await sent;
    assert.ok(Buffer.concat(got).equals(bytes));
  });
}

for (const version of versions) {
  test(`a client certificate is shown on both channels, resumed or not (${version})`, async () => {
    const required = createTlsIdentity(
      { certificates: [certificate], clientCertificates: { ask: 'require', authorities: [authority.certificate] } },
      limitsWith(),
    );
    const own = await testCertificate(['ann'], { ca: authority, client: true });
    const tls = await control(version, required.forConnection(), { clientCertificate: own });
    for (const sessionReuse of ['require', 'off'] as const) {
      const { client, server } = await opened('passive', tls, { sessionReuse });
      await using _client = client;
      await using _server = server;
      assert.deepEqual(server.tls?.clientCertificate?.commonNames, ['ann']);
      assert.equal(server.tls?.resumed, sessionReuse === 'require');
    }
  });
}

test('an upload does not wait without end for a server that ends nothing', async () => {
  const { ours } = await control('TLSv1.3');
  const { endpoint, accepted } = await foreign();
  const limits = limitsOf({ replyFlushMs: 30 });
  await using connection = await endpoint.open(options(ours, { direction: 'upload', sessionReuse: 'prefer', limits }));
  (await accepted).tls.removeAllListeners('end').resume();
  assert.equal((await connection.send(Readable.from([bytes]), whole)).bytes, bytes.length);
});

for (const sessionReuse of ['require', 'prefer', 'off'] as readonly SessionReuse[]) {
  test(`a handshake that hangs on the data connection ends by the limit of stalls (${sessionReuse})`, async () => {
    const tls = clientTls({}, { stallMs: 30 });
    const port = await startServer(() => undefined);
    const endpoint = connectingEndpoint({ address: host, port }, {});
    await assert.rejects(endpoint.open(options(tls, { sessionReuse })), { name: 'DataError', code: 'timeout' });
  });
}

test('opening is aborted while it connects, in the handshake, and while it listens', async () => {
  const connecting = new AbortController();
  const dial = async (): Promise<Socket> => {
    connecting.abort();
    return new Promise(() => undefined);
  };
  const nowhere = connectingEndpoint({ address: host, port: 1 }, { dial });
  await assert.rejects(nowhere.open(options(clientTls(), { signal: connecting.signal })), { code: 'aborted' });

  const shaking = new AbortController();
  const port = await startServer((socket) => socket.once('data', () => shaking.abort()));
  const hanging = connectingEndpoint({ address: host, port }, {});
  await assert.rejects(hanging.open(options(clientTls(), { signal: shaking.signal })), { code: 'aborted' });

  const listening = await ports.listen(host, host, { passiveIdleMs: 5000 });
  const waiting = new AbortController();
  const opening = listening.open(options(clientTls(), { signal: waiting.signal }));
  waiting.abort();
  await assert.rejects(opening, { code: 'aborted' });
});

test('data connections go through the dial, to the address that was announced', async () => {
  const tls = await control('TLSv1.3');
  const { ours, theirs } = await endpoints('passive');
  const asked: unknown[] = [];
  const through = connectingEndpoint(
    { address: 'ftp.example.org', port: 2000 },
    {
      async dial(target) {
        asked.push(target);
        const socket = connect(ours.address.port, host);
        after(() => socket.destroy());
        await once(socket, 'connect');
        return socket;
      },
    },
  );
  const [client, server] = await Promise.all([through.open(options(tls.ours)), theirs.open(options(tls.theirs))]);
  await using _client = client;
  await using _server = server;
  assert.deepEqual(asked, [{ host: 'ftp.example.org', port: 2000 }]);
  assert.equal(client.tls?.resumed, true);
});

test('a dial that fails is a data connection that could not be made', async () => {
  const failure = new Error('The proxy refused');
  const endpoint = connectingEndpoint({ address: host, port: 1 }, { dial: () => Promise.reject(failure) });
  await assert.rejects(endpoint.open(options(clientTls())), { code: 'refused', cause: failure });
});

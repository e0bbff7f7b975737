import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { PassThrough, Readable, Transform, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { createGunzip, createGzip } from 'node:zlib';
import { type Limits, limitsWith } from '../core/index.ts';
import { testCertificate } from '../testing/certificates.ts';
import type { ConnectionTls } from './connection-tls.ts';
import type { DataConnection } from './data-connection.ts';
import type { OpenOptions } from './data-endpoint.ts';
import { createPace } from './pace.ts';
import { PassivePorts } from './passive-ports.ts';
import { tcpPair } from './tcp-pair.ts';
import { createTlsIdentity } from './tls-identity.ts';

const certificate = await testCertificate(['localhost']);
const identity = createTlsIdentity({ certificates: [certificate] }, limitsWith());
const ports = new PassivePorts({ maxOpen: 100 });
const never = new AbortController().signal;
const whole = { signal: never };

/** The ticket that a client gets on a control connection. */
async function ticketOf(tls: ConnectionTls, options: ConnectionOptions): Promise<Buffer> {
  const [accepted, connected] = await tcpPair();
  const client = connectTls({ rejectUnauthorized: false, servername: 'localhost', ...options, socket: connected });
  const [[ticket]] = await Promise.all([once(client, 'session'), tls.secureControl(accepted)]);
  client.destroy();
  accepted.destroy();
  return ticket as Buffer;
}

interface Open {
  readonly connection: DataConnection;
  readonly client: Socket | TLSSocket;
  /** Below TLS, or the same. */
  readonly tcp: Socket;
}

type Kind = 'clear' | 'TLSv1.2' | 'TLSv1.3';
const kinds: readonly Kind[] = ['clear', 'TLSv1.2', 'TLSv1.3'];

interface Wanted {
  readonly direction?: OpenOptions['direction'];
  readonly limits?: Partial<Limits>;
  readonly client?: ConnectionOptions;
}

/** A data connection with a client of Node's; in TLS it resumes the session of its control connection. */
async function open(kind: Kind, { direction = 'upload', limits = {}, client: more = {} }: Wanted = {}): Promise<Open> {
  const bounds = limitsWith(limits);
  const endpoint = await ports.listen('127.0.0.1', '127.0.0.1', bounds);
  const tls = identity.forConnection();
  const shared = { tls, direction, sessionReuse: 'require', limits: bounds, signal: never } as const;
  const options = { minVersion: kind, maxVersion: kind, ...more } as ConnectionOptions;
  const session = kind === 'clear' ? undefined : await ticketOf(tls, options);
  const tcp = connectTcp({ host: '127.0.0.1', port: endpoint.address.port, noDelay: true, allowHalfOpen: true });
  tcp.on('error', () => undefined);
  const client =
    kind === 'clear'
      ? tcp
      : connectTls({ rejectUnauthorized: false, servername: 'localhost', session, ...options, socket: tcp });
  client.on('error', () => undefined);
  const connection = await endpoint.open({ ...shared, protection: kind === 'clear' ? 'clear' : 'private' });
  after(async () => {
    client.destroy();
    tcp.destroy();
    await connection[Symbol.asyncDispose]();
  });
  return { connection, client, tcp };
}

/** Keeps what is written to it. */
class Kept extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

function pattern(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}

async function closed(socket: Socket | Transform): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

/** Bytes without end, for what is to be broken off. */
async function* endless(): AsyncIterable<Uint8Array> {
  const chunk = Buffer.alloc(256 * 1024);
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    yield chunk;
  }
}

for (const kind of kinds) {
  describe(`a transfer, ${kind}`, () => {
    for (const size of [0, 1, 16_384, 16_385, 1_000_003]) {
      test(`of ${size} bytes arrives whole, both ways`, async () => {
        const bytes = pattern(size);
        const up = await open(kind);
        const sink = new Kept();
        up.client.end(bytes);
        assert.deepEqual(await up.connection.receive(sink, whole), { bytes: size, ending: 'clean' });
        assert.deepEqual(sink.bytes, bytes);
        assert.equal(sink.writableEnded, false);
        const down = await open(kind, { direction: 'download' });
        const received = buffer(down.client.on('end', () => down.client.end()));
        assert.deepEqual(await down.connection.send(Readable.from([bytes]), whole), { bytes: size });
        assert.deepEqual(await received, bytes);
      });
    }

    test('of single bytes arrives whole', async () => {
      const { client, connection } = await open(kind);
      const bytes = pattern(300);
      for (const byte of bytes) client.write(Buffer.of(byte));
      client.end();
      const sink = new Kept();
      await connection.receive(sink, whole);
      assert.deepEqual(sink.bytes, bytes);
    });

    test('of nothing is heard though it ends before anyone receives', async () => {
      const { client, connection } = await open(kind);
      await new Promise<void>((resolve) => client.end(resolve));
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(await connection.receive(new Kept(), whole), { bytes: 0, ending: 'clean' });
    });

    test('passes its steps in order, and counts what the storage sees', async () => {
      const bytes = Buffer.alloc(500_000, 'lockport ');
      const up = await open(kind);
      Readable.from([bytes]).pipe(createGzip()).pipe(up.client);
      const sink = new Kept();
      const through = [createGunzip(), new PassThrough()];
      assert.deepEqual(await up.connection.receive(sink, { ...whole, through }), { bytes: 500_000, ending: 'clean' });
      assert.deepEqual(sink.bytes, bytes);
      const down = await open(kind, { direction: 'download' });
      const received = buffer(down.client.on('end', () => down.client.end()).pipe(createGunzip()));
      const sent = await down.connection.send(Readable.from([bytes]), { ...whole, through: [createGzip()] });
      assert.equal(sent.bytes, 500_000);
      assert.deepEqual(await received, bytes);
    });

    test('keeps to its pace, both ways', async () => {
      const bytes = Buffer.alloc(60_000);
      const began = performance.now();
      const up = await open(kind);
      up.client.end(bytes);
      await up.connection.receive(new Kept(), { ...whole, pace: createPace(200_000) });
      const down = await open(kind, { direction: 'download' });
      down.client.resume().on('end', () => down.client.end());
      await down.connection.send(Readable.from([bytes]), { ...whole, pace: createPace(200_000) });
      // 300 ms each way, 100 ms of which may pass at once.
      assert.ok(performance.now() - began >= 395);
    });
  });

  describe(`an upload that goes wrong, ${kind}`, () => {
    test('by a reset ends in reset', async () => {
      const { client, connection, tcp } = await open(kind);
      client.write('part', () => tcp.resetAndDestroy());
      assert.equal((await connection.receive(new Kept(), whole)).ending, 'reset');
    });

    if (kind !== 'clear') {
      test('by the end of TCP alone ends in cut, with all that came in the sink', async () => {
        const { client, connection, tcp } = await open(kind);
        const bytes = pattern(100_000);
        client.write(bytes, () => tcp.end());
        const sink = new Kept();
        assert.deepEqual(await connection.receive(sink, whole), { bytes: 100_000, ending: 'cut' });
        assert.deepEqual(sink.bytes, bytes);
      });
    }

    test('by silence ends in stalled', async () => {
      const { client, connection } = await open(kind, { limits: { stallMs: 50 } });
      client.write('part');
      assert.deepEqual(await connection.receive(new Kept(), whole), { bytes: 4, ending: 'stalled' });
      await closed(client);
    });

    test('by the signal ends in aborted', async () => {
      const { client, connection } = await open(kind);
      const abort = new AbortController();
      const sink = new Kept();
      const received = connection.receive(sink, { signal: abort.signal });
      client.write('part');
      while (connection.bytes === 0) await new Promise((resolve) => setImmediate(resolve));
      abort.abort();
      assert.deepEqual(await received, { bytes: 4, ending: 'aborted' });
      assert.equal(sink.destroyed, false);
      await closed(client);
    });

    test('in its sink throws what the sink threw, and resets the connection', async () => {
      const { client, connection } = await open(kind);
      const failure = new Error('no space');
      const sink = new Writable({ write: (_chunk, _encoding, done) => done(failure) });
      sink.on('error', () => undefined);
      client.write('part');
      await assert.rejects(connection.receive(sink, whole), (error) => error === failure);
      await closed(client);
    });

    test('in a step throws what the step threw', async () => {
      const { client, connection } = await open(kind);
      client.end('this is not gzip');
      const through = [createGunzip()];
      await assert.rejects(connection.receive(new Kept(), { ...whole, through }), { code: 'Z_DATA_ERROR' });
    });

    test('in its storage is held back by it and is no stall', async () => {
      const { client, connection } = await open(kind, { limits: { stallMs: 100 } });
      let accept = (): void => undefined;
      const sink = new Writable({
        write(_chunk, _encoding, done) {
          accept = done;
        },
      });
      const received = connection.receive(sink, whole);
      for (let chunk = 0; chunk < 50; chunk += 1) client.write(Buffer.alloc(100_000));
      client.end();
      await new Promise((resolve) => setTimeout(resolve, 250));
      assert.ok(connection.bytes < 1_000_000);
      sink._write = (_chunk, _encoding, done) => done();
      accept();
      assert.deepEqual(await received, { bytes: 5_000_000, ending: 'clean' });
    });
  });

  describe(`a download that goes wrong, ${kind}`, () => {
    const direction = 'download';

    test('by a reset throws a typed error', async () => {
      const { connection, tcp } = await open(kind, { direction });
      const sent = connection.send(endless(), whole);
      tcp.resetAndDestroy();
      await assert.rejects(sent, { name: 'DataError', code: 'reset', ending: 'reset' });
    });

    test('by a client that closes early throws a typed error', async () => {
      const { connection, client } = await open(kind, { direction });
      const sent = connection.send(endless(), whole);
      client.once('data', () => client.destroy());
      await assert.rejects(sent, { name: 'DataError', code: 'reset' });
    });

    test('by a client that does not read is stalled', async () => {
      const { connection, client } = await open(kind, { direction, limits: { stallMs: 100 } });
      client.pause();
      await assert.rejects(connection.send(endless(), whole), { name: 'DataError', code: 'stalled' });
    });

    test('by the signal is aborted, and the client does not take what came for the whole', async () => {
      const { connection, client } = await open(kind, { direction });
      const abort = new AbortController();
      const sent = connection.send(endless(), { signal: abort.signal });
      let hasEnded = false;
      client.on('end', () => {
        hasEnded = kind === 'clear';
      });
      client.once('data', () => abort.abort()).resume();
      await assert.rejects(sent, { name: 'DataError', code: 'aborted' });
      await closed(client);
      assert.equal(hasEnded, false);
    });

    test('by the signal is aborted though the source is stuck', async () => {
      const { connection } = await open(kind, { direction });
      const abort = new AbortController();
      const sent = connection.send(new Readable({ read() {} }), { signal: abort.signal });
      abort.abort();
      await assert.rejects(sent, { name: 'DataError', code: 'aborted' });
    });

    test('in its source throws what the source threw, and the client does not take it for the whole', async () => {
      const { connection, client } = await open(kind, { direction });
      const failure = new Error('the disk');
      const source = async function* () {
        yield Buffer.alloc(100_000);
        throw failure;
      };
      const reset = new Promise((resolve) => client.on('error', resolve));
      client.resume();
      await assert.rejects(connection.send(source(), whole), (error) => error === failure);
      assert.equal(((await reset) as NodeJS.ErrnoException).code, 'ECONNRESET');
    });

    test('slowly is no stall', async () => {
      const { connection, client } = await open(kind, { direction, limits: { stallMs: 60 } });
      client.on('data', () => {
        client.pause();
        setTimeout(() => client.resume(), 1);
      });
      client.on('end', () => client.end());
      const source = (async function* () {
        for (let part = 0; part < 4; part += 1) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          yield Buffer.alloc(1_000_000);
        }
      })();
      assert.deepEqual(await connection.send(source, whole), { bytes: 4_000_000 });
    });

    test('in a client that keeps its side open ends after the time allowed for that', async () => {
      const { connection, client } = await open(kind, { direction, limits: { replyFlushMs: 30 } });
      client.resume();
      assert.deepEqual(await connection.send(Readable.from([Buffer.alloc(1000)]), whole), { bytes: 1000 });
      await connection[Symbol.asyncDispose]();
    });
  });
}

test('a step is told when its download is given up', async () => {
  const { connection, tcp } = await open('clear', { direction: 'download' });
  const step = new Transform({ transform: (chunk, _encoding, done) => done(null, chunk) });
  const sent = connection.send(endless(), { ...whole, through: [step] });
  tcp.resetAndDestroy();
  await assert.rejects(sent, { code: 'reset' });
  await closed(step);
});

test('disposing ends what is under way', async () => {
  const { connection, client } = await open('TLSv1.3');
  const received = connection.receive(new Kept(), whole);
  await connection[Symbol.asyncDispose]();
  assert.equal((await received).ending, 'aborted');
  if (!client.closed) await closed(client);
});

// TLS 1.3 tickets that nobody reads: the client's kernel answers them with a reset, and the end of the file is lost.
for (const isResumed of [true, false]) {
  test(`uploads of a client that closes without reading arrive whole, ${isResumed ? 'resumed' : 'not resumed'}`, async () => {
    const bytes = pattern(200_000);
    for (let round = 0; round < 50; round += 1) {
      const tls = identity.forConnection();
      const endpoint = await ports.listen('127.0.0.1', '127.0.0.1', limitsWith());
      const session = isResumed ? { session: await ticketOf(tls, {}) } : {};
      const tcp = connectTcp({ host: '127.0.0.1', port: endpoint.address.port });
      const client = connectTls({ rejectUnauthorized: false, servername: 'localhost', ...session, socket: tcp });
      client.on('error', () => undefined);
      client.once('secureConnect', () => client.pause().end(bytes, () => client.destroy()));
      await using connection = await endpoint.open({
        protection: 'private',
        tls,
        direction: 'upload',
        sessionReuse: 'prefer',
        limits: limitsWith(),
        signal: never,
      });
      assert.equal(connection.tls?.resumed, isResumed);
      const sink = new Kept();
      assert.equal((await connection.receive(sink, whole)).ending, 'clean', `round ${round}`);
      assert.deepEqual(sink.bytes, bytes);
    }
  });
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { after, describe, test } from 'node:test';
import { connect, createSecureContext, type TLSSocket } from 'node:tls';
import { testCertificate } from '../testing/certificates.ts';
import { chooseEndDetector, tellsEndings } from './end-detector.ts';
import { type EndDetector, nativeDetector, tunnelDetector, type WatchedTls } from './end-of-stream.ts';
import { tcpPair } from './tcp-pair.ts';
import { serverTls } from './tls-handshake.ts';

const pem = await testCertificate(['localhost']);
const secureContext = createSecureContext({ cert: pem.certificate, key: pem.key });
const detectors = { native: nativeDetector, tunnel: tunnelDetector };

/** What a peer's TLS writes, held back on demand, so that a test can cut, join and drop it. */
class Gate extends Duplex {
  readonly tcp: Socket;
  readonly held: Buffer[] = [];
  isShut = false;

  constructor(tcp: Socket) {
    super();
    this.tcp = tcp;
    tcp.on('data', (chunk) => this.push(chunk)).on('end', () => this.push(null));
    tcp.on('close', () => this.destroy()).on('error', () => undefined);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.isShut) this.held.push(chunk);
    else this.tcp.write(chunk);
    done();
  }

  override _final(done: () => void): void {
    done();
  }

  override _destroy(_error: Error | null, done: () => void): void {
    done();
  }
}

interface Peer {
  readonly gate: Gate;
  readonly tls: TLSSocket;
}

/** What `make` leads to, as bytes on the wire, which do not get there. */
async function captured({ gate }: Peer, make: () => void): Promise<Buffer> {
  gate.isShut = true;
  make();
  while (gate.held.length === 0) await someTurns();
  await someTurns();
  return Buffer.concat(gate.held.splice(0));
}

const endings: Record<string, { expected: string; end: (peer: Peer, data: Buffer) => Promise<void> }> = {
  'close_notify and then the end of TCP is clean': {
    expected: 'clean',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      tls.end(() => gate.tcp.end());
    },
  },
  'close_notify in one segment with the data and the end of TCP is clean': {
    expected: 'clean',
    async end(peer, data) {
      peer.gate.tcp.end(await captured(peer, () => peer.tls.end(data)));
    },
  },
  'close_notify while TCP stays open is clean': {
    expected: 'clean',
    async end({ tls }, data) {
      tls.end(data);
    },
  },
  'the end of TCP alone is cut': {
    expected: 'cut',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      gate.tcp.end();
    },
  },
  'the end of TCP in the middle of a record is cut': {
    expected: 'cut',
    async end(peer, data) {
      const bytes = await captured(peer, () => peer.tls.write(data));
      peer.gate.tcp.end(bytes.subarray(0, -7));
    },
  },
  'the end of TCP in the header of a record is cut': {
    expected: 'cut',
    async end(peer, data) {
      const bytes = await captured(peer, () => peer.tls.write(data));
      const more = await captured(peer, () => peer.tls.write('more'));
      peer.gate.tcp.end(Buffer.concat([bytes, more.subarray(0, 3)]));
    },
  },
  'a record that was altered on the way is cut': {
    expected: 'cut',
    async end(peer, data) {
      const bytes = await captured(peer, () => peer.tls.write(data));
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      peer.gate.tcp.write(bytes);
    },
  },
  'a close_notify that was dropped on the way is cut': {
    expected: 'cut',
    async end(peer, data) {
      await new Promise((resolve) => peer.tls.write(data, resolve));
      await captured(peer, () => peer.tls.end());
      peer.gate.tcp.end();
    },
  },
  'a reset is a reset': {
    expected: 'reset',
    async end({ gate, tls }, data) {
      await new Promise((resolve) => tls.write(data, resolve));
      gate.tcp.resetAndDestroy();
    },
  },
};

for (const [name, detector] of Object.entries(detectors)) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const side of ['server', 'client'] as const) {
      describe(`${name} detector, ${version}, as ${side}`, () => {
        for (const [title, { expected, end }] of Object.entries(endings)) {
          for (const [reader, size] of [
            ['fast', 10],
            ['fast', 300_000],
            ['slow', 10],
            ['slow', 300_000],
          ] as const) {
            test(`${title} (${reader} reader, ${size} bytes)`, async () => {
              const { watched, peer } = await watchedPair(detector, side, version);
              const ended = end(peer, Buffer.alloc(size, 'x'));
              const read = reader === 'fast' ? readFast(watched) : readSlowly(watched, ended);
              assert.equal(await read, expected);
              await ended;
              for (const socket of [watched.stream, peer.tls, peer.gate.tcp]) socket.destroy();
            });
          }
        }
      });
    }
  }
}

test('the start-up check passes for both detectors and fails for one that believes everything', async () => {
  const credulous: EndDetector = (tcp, start) => ({ stream: start(tcp), ending: () => 'clean' });
  assert.equal(await tellsEndings(nativeDetector), true);
  assert.equal(await tellsEndings(tunnelDetector), true);
  assert.equal(await tellsEndings(credulous), false);
  assert.equal(await chooseEndDetector(), nativeDetector);
});

async function watchedPair(detector: EndDetector, side: 'server' | 'client', version: 'TLSv1.2' | 'TLSv1.3') {
  const [near, far] = await tcpPair();
  after(() => {
    near.destroy();
    far.destroy();
  });
  near.on('error', () => undefined);
  const gate = new Gate(far);
  const asServer = (stream: Duplex) => serverTls(stream, { secureContext });
  const asClient = (stream: Duplex) =>
    connect({ socket: stream, rejectUnauthorized: false, minVersion: version, maxVersion: version });
  const watched = detector(near, side === 'server' ? asServer : asClient);
  const tls = side === 'server' ? asClient(gate) : asServer(gate);
  watched.stream.on('error', () => undefined);
  tls.on('error', () => undefined);
  await Promise.all([once(watched.stream, side === 'server' ? 'secure' : 'secureConnect'), once(tls, 'secure')]);
  // The tickets of TLS 1.3 must not stand in the way of what a test captures.
  await new Promise((resolve) => setImmediate(resolve));
  return { watched, peer: { gate, tls } };
}

async function readFast(watched: WatchedTls): Promise<string | undefined> {
  const done = over(watched.stream);
  watched.stream.resume();
  await done;
  return watched.ending();
}

/** Begins when the peer is done, and takes a piece at a time. */
async function readSlowly(watched: WatchedTls, peerIsDone: Promise<void>): Promise<string | undefined> {
  const { stream } = watched;
  const done = over(stream);
  stream.pause();
  await peerIsDone;
  await someTurns();
  stream.on('data', () => {
    stream.pause();
    setImmediate(() => stream.resume());
  });
  stream.resume();
  await done;
  return watched.ending();
}

/** Until the event loop has seen what is on its way inside this process. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function over(stream: TLSSocket): Promise<void> {
  return new Promise((resolve) => stream.once('end', resolve).once('close', resolve));
}

/** A TLS stream that is watched and its peer, whose end of the wire a test holds, for the tests of endings. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { after } from 'node:test';
import { connect, createSecureContext, type TLSSocket } from 'node:tls';
import { testCertificate } from '../../testing/certificates.ts';
import { tcpPair } from '../tcp-pair.ts';
import type { EndDetector, WatchedTls } from './end-of-stream.ts';
import { serverTls } from './tls-handshake.ts';

const pem = await testCertificate(['localhost']);
const secureContext = createSecureContext({ cert: pem.certificate, key: pem.key });

/** What a peer's TLS writes, held back on demand, so that a test can cut, join and drop it. */
export class Gate extends Duplex {
  readonly tcp: Socket;
  readonly held: Buffer[] = [];
  /** All that went out. */
  readonly sent: Buffer[] = [];
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
    else {
      this.sent.push(chunk);
      this.tcp.write(chunk);
    }
    done();
  }

  override _final(done: () => void): void {
    done();
  }

  override _destroy(_error: Error | null, done: () => void): void {
    done();
  }
}

export interface Peer {
  readonly gate: Gate;
  readonly tls: TLSSocket;
  /** What it encrypts by, once TLS 1.3 is up (RFC 8446 section 7.1). */
  readonly secret: () => Buffer;
}

/** What `make` leads to, as bytes on the wire, which do not get there. */
export async function captured({ gate }: Peer, make: () => void): Promise<Buffer> {
  gate.isShut = true;
  make();
  while (gate.held.length === 0) await someTurns();
  await someTurns();
  return Buffer.concat(gate.held.splice(0));
}

export async function watchedPair(detector: EndDetector, side: 'server' | 'client', version: 'TLSv1.2' | 'TLSv1.3') {
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
  const label = side === 'server' ? 'CLIENT_TRAFFIC_SECRET_0' : 'SERVER_TRAFFIC_SECRET_0';
  let secret = Buffer.alloc(0);
  tls.on('keylog', (line: Buffer) => {
    const [name, , value = ''] = line.toString().trim().split(' ');
    if (name === label) secret = Buffer.from(value, 'hex');
  });
  watched.stream.on('error', () => undefined);
  tls.on('error', () => undefined);
  await Promise.all([once(watched.stream, side === 'server' ? 'secure' : 'secureConnect'), once(tls, 'secure')]);
  // The tickets of TLS 1.3 must not stand in the way of what a test captures.
  await new Promise((resolve) => setImmediate(resolve));
  return { watched, peer: { gate, tls, secret: () => secret } };
}

export async function readFast(watched: WatchedTls): Promise<string | undefined> {
  const done = over(watched.stream);
  watched.stream.resume();
  await done;
  return watched.ending();
}

/** Begins when the peer is done, and takes a piece at a time. */
export async function readSlowly(watched: WatchedTls, peerIsDone: Promise<void>): Promise<string | undefined> {
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

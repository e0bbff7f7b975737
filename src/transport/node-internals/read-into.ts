import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { LendingSink } from '../../core/index.ts';
import { tcpPair } from '../tcp-pair.ts';
import { observationMs, Probe } from './probe.ts';
import { withTlsPair } from './tls-pair.ts';

/**
 * Has a socket read into the sink's memory from now on: no memory is taken and given back for each 16 KiB, which is half
 * of the CPU of receiving. `onBytes` hears of what has come. Nothing of it is read as a stream any more, but its end is.
 * False where this Node has not proved (`readingInto`) that it can: then the stream is to be read in the ordinary way.
 *
 * Node offers this (`onread`) to sockets that it connects itself only, so its internals are used (checked on Node 22, 24
 * and 26).
 */
export function readInto(socket: Socket, sink: Pick<LendingSink, 'room'>, onBytes: (bytes: number) => void): boolean {
  return readingInto.works === true && begin(socket, sink, onBytes);
}

/** Where it does not work, receiving takes twice the CPU. */
export const readingInto = new Probe(
  async () => (await worksInTheClear()) && (await worksInTls()),
  'what is received is copied once more',
);

/**
 * Has a plain socket read into memory that all of them share. A chunk is good until `onChunk` returns, and has to be
 * taken at once. False where that cannot be: then the socket is to be read in the ordinary way.
 */
export function readChunks(socket: Socket, onChunk: (chunk: Buffer) => void): boolean {
  // Windows is given the memory long before there is anything to read.
  if (process.platform === 'win32') return false;
  shared ??= Buffer.allocUnsafeSlow(sharedBytes);
  const memory = shared;
  return readInto(socket, { room: () => memory }, (bytes) => onChunk(memory.subarray(0, bytes)));
}

let shared: Buffer | undefined;

/** Large reads are what makes it cheap; a piece is also what a sink gets at once, when it would rather wait. */
const sharedBytes = 256 * 1024;

function begin(socket: Socket, sink: Pick<LendingSink, 'room'>, onBytes: (bytes: number) => void): boolean {
  const own = socket as unknown as OwnMemory;
  const handle = own._handle;
  if (!internals || typeof handle?.useUserBuffer !== 'function') return false;
  takeWaiting(socket, sink, onBytes);
  const room = sink.room();
  own[internals.memory] = room;
  own[internals.onRead] = onBytes;
  own[internals.nextMemory] = () => sink.room();
  handle.useUserBuffer(room);
  return true;
}

async function worksInTheClear(): Promise<boolean> {
  const [near, far] = await tcpPair();
  try {
    return await arrivesInMemory(near, far);
  } finally {
    near.destroy();
    far.destroy();
  }
}

function worksInTls(): Promise<boolean> {
  const startNear = (tcp: Socket, start: (stream: Duplex) => TLSSocket): TLSSocket => start(tcp);
  return withTlsPair('TLSv1.3', startNear, async ({ near, far }) => {
    await once(far, 'secureConnect', { signal: AbortSignal.timeout(observationMs) });
    return arrivesInMemory(near, far);
  });
}

/** Whether what the far side sends gets into one piece of memory after the other, nothing of it into the stream, and then the end. */
async function arrivesInMemory(near: Socket, far: Socket): Promise<boolean> {
  const text = 'more than one piece of memory holds';
  let received = '';
  let memory = Buffer.alloc(0);
  const room = (): Buffer => {
    memory = Buffer.alloc(8);
    return memory;
  };
  let isStream = false;
  if (!begin(near, { room }, (bytes) => (received += memory.toString('latin1', 0, bytes)))) return false;
  near.on('data', () => (isStream = true)).resume();
  far.end(text);
  await once(near, 'end', { signal: AbortSignal.timeout(observationMs) });
  return received === text && !isStream;
}

/** What has come with the handshake and waits in the stream. */
function takeWaiting(socket: Socket, sink: Pick<LendingSink, 'room'>, onBytes: (bytes: number) => void): void {
  for (let chunk: Buffer | null = socket.read(); chunk; chunk = socket.read()) {
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(sink.room(), 0, at);
      onBytes(copied);
      at += copied;
    }
  }
}

/** Where a socket keeps what `onread` was given. */
const internals = findInternals();

function findInternals() {
  const symbols = Object.getOwnPropertySymbols(new Socket());
  const named = (name: string) => symbols.find(({ description }) => description === name);
  const [memory, onRead, nextMemory] = [named('kBuffer'), named('kBufferCb'), named('kBufferGen')];
  return memory && onRead && nextMemory ? { memory, onRead, nextMemory } : undefined;
}

interface OwnMemory {
  readonly _handle?: { useUserBuffer?(memory: Uint8Array): void } | null;
  [internal: symbol]: unknown;
}

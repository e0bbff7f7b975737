import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { getSystemErrorMap } from 'node:util';
import { Tunnel } from './tunnel.ts';

/**
 * How the peer ended its stream: with close_notify, by the end of TCP alone (what came may be a part, RFC 8446 section
 * 6.1), or by a reset.
 */
export type StreamEnding = 'clean' | 'cut' | 'reset';

/** A TLS stream of which the ending is seen, which Node's own events do not tell. */
export interface WatchedTls {
  readonly stream: TLSSocket;
  /** Undefined while the peer has not ended its stream. */
  readonly ending: () => StreamEnding | undefined;
}

/** Starts TLS over a TCP connection, on either side, in a way that lets the ending be seen. */
export type EndDetector = (tcp: Socket, start: (stream: Duplex) => TLSSocket) => WatchedTls;

/**
 * Costs nothing, but relies on Node's internals: `readStart` on the TCP handle below TLS answers EALREADY as long as TCP
 * has not ended.
 */
export const nativeDetector: EndDetector = (tcp, start) => {
  const stream = start(tcp);
  return watch(stream, () => tcpHasEnded(stream));
};

/** Uses public interfaces alone, and costs half as much CPU again on receiving. */
export const tunnelDetector: EndDetector = (tcp, start) => {
  const tunnel = new Tunnel(tcp);
  let ended = false;
  tunnel.once('end', () => {
    ended = true;
  });
  return watch(start(tunnel), () => ended);
};

/** The end is judged where it enters the stream: a slow reader hears of it much later, when TCP has ended anyway. */
function watch(stream: TLSSocket, hasTcpEnded: () => boolean): WatchedTls {
  let ending: StreamEnding | undefined;
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null) ending ??= hasTcpEnded() ? 'cut' : 'clean';
    return push(chunk, encoding);
  };
  stream.on('error', (error: NodeJS.ErrnoException) => {
    ending ??= error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'cut';
    // Node leaves it open behind a TLS error.
    stream.destroy();
  });
  return { stream, ending: () => ending };
}

function tcpHasEnded(stream: TLSSocket): boolean {
  const handle = (stream as unknown as { readonly _handle: NativeHandle | null })._handle;
  // A stream that does not read right now can't have been told the end of TCP.
  if (handle?.reading === false) return false;
  return handle?._parent?.readStart() !== alreadyReading;
}

const alreadyReading = [...getSystemErrorMap()].find(([, [name]]) => name === 'EALREADY')?.[0];

interface NativeHandle {
  readonly reading?: boolean;
  readonly _parent?: { readStart(): number };
}

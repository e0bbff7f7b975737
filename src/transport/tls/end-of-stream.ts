import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

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

/** The end is judged where it enters the stream: a slow reader hears of it much later, when TCP has ended anyway. */
export function watch(stream: TLSSocket, judge: () => StreamEnding): WatchedTls {
  let ending: StreamEnding | undefined;
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null) ending ??= judge();
    return push(chunk, encoding);
  };
  stream.on('error', (error: NodeJS.ErrnoException) => {
    ending ??= error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'cut';
    // Node leaves it open behind a TLS error.
    stream.destroy();
  });
  return { stream, ending: () => ending };
}

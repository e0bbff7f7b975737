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
 * has not ended. It calls an ending cut where `user_canceled` came before close_notify, as from Java (JSSE) in TLS 1.3:
 * OpenSSL 3.5 does not tell Node of that end, which then comes with TCP's own.
 */
export const nativeDetector: EndDetector = (tcp, start) => {
  const stream = start(tcp);
  return watch(stream, () => (tcpHasEnded(stream) ? 'cut' : 'clean'));
};

/**
 * Exact for every peer, and costs some more for each connection. When TCP has ended, OpenSSL is shown bytes that are no
 * record: one that has read a close_notify looks at nothing more (RFC 8446 section 6.1), whatever came before that, and
 * any other fails.
 */
export function tunnelDetector(
  tcp: Socket,
  start: (stream: Duplex) => TLSSocket,
  { onToldEnd, isDue }: TunnelOptions = {},
): WatchedTls {
  const tunnel = new Tunnel(tcp);
  if (isDue) tunnel.holdUntil(isDue);
  let isSecure = false;
  let hasTcpEnded = false;
  let isCut = false;
  tunnel.once('end', () => {
    hasTcpEnded = true;
    if (!isSecure) return;
    // The failure would end the stream where this is not heeded, and what still waits to be read would be lost.
    Object.assign(stream, { _emitTLSError: () => (isCut = true) });
    tunnel.inject(noRecord);
  });
  const stream = start(tunnel);
  stream.once('secure', () => {
    isSecure = true;
  });
  return watch(stream, () => {
    if (!hasTcpEnded) onToldEnd?.();
    return isCut ? 'cut' : 'clean';
  });
}

export interface TunnelOptions {
  /** Called when Node tells of a close_notify by itself. */
  readonly onToldEnd?: () => void;
  /** Until then, what the peer sends encrypted is kept back. */
  readonly isDue?: Promise<unknown> | undefined;
}

/** No header of a record, behind as many bytes as any header can ask for: it also ends what came in part. */
const noRecord = Buffer.alloc(5 + 0xffff + 5);

/** The end is judged where it enters the stream: a slow reader hears of it much later, when TCP has ended anyway. */
function watch(stream: TLSSocket, judge: () => StreamEnding): WatchedTls {
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

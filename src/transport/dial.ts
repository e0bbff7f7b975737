import { connect, type Socket } from 'node:net';
import { background } from '../core/index.ts';
import { boundedWait, type WaitBounds } from './bounded-wait.ts';

/** Where a TCP connection is to lead. The host is a name or an address. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * Makes a TCP connection, directly or through a proxy. When the signal is given nobody wants it any more: a socket that
 * comes later is destroyed.
 */
export type Dial = (target: DialTarget, signal: AbortSignal) => Promise<Socket>;

export interface LocalEnd {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/** Connects without anything in between, from the local end where that is given; a name's addresses race (RFC 8305). */
export function directDial({ localAddress, localPort }: LocalEnd = {}): Dial {
  return async ({ host, port }, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect({
      host,
      port,
      allowHalfOpen: true,
      noDelay: true,
      ...(localAddress !== undefined && { localAddress }),
      ...(localPort !== undefined && { localPort }),
    });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', resolve).on('error', reject);
    try {
      await promise;
      return socket;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };
}

/**
 * Dials within bounds. The socket has a listener for errors: none of them is thrown, however late it comes.
 * @throws what the dial or the bounds throw
 */
export async function dialWithin(dial: Dial, target: DialTarget, bounds: WaitBounds): Promise<Socket> {
  const unwanted = new AbortController();
  const dialing = dial(target, unwanted.signal);
  try {
    const socket = await boundedWait(dialing, bounds);
    // A dial of somebody else's may have made it otherwise: what we still send must not end with what the peer sends.
    socket.allowHalfOpen = true;
    return socket.setNoDelay(true).on('error', () => undefined);
  } catch (error) {
    unwanted.abort(error);
    background(
      dialing.then((socket) => socket.on('error', () => undefined).destroy()),
      () => undefined,
    );
    throw error;
  }
}

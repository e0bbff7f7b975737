import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureContext, type SecureVersion, TLSSocket } from 'node:tls';
import { tcpPair } from '../tcp-pair.ts';

/** TLS over a pair of sockets of our own, for probes. */
export interface TlsPair {
  readonly near: TLSSocket;
  readonly far: TLSSocket;
  /** What lies below `far`. */
  readonly farTcp: Socket;
}

export interface PairOptions {
  /** Of both sides, before they begin. */
  readonly prepare?: (context: SecureContext) => void;
  /** Which the far side wants to resume. */
  readonly session?: Buffer;
  /** Default: those of a key that both sides know. */
  readonly ciphers?: string;
}

/**
 * Runs a probe on a pair of which the near side is the server, and ends it.
 * @param startNear lays the server's TLS over the near socket by what it is given
 */
export async function withTlsPair<Result>(
  version: SecureVersion,
  startNear: (tcp: Socket, start: (stream: Duplex) => TLSSocket) => TLSSocket,
  probe: (pair: TlsPair) => Promise<Result>,
  { prepare, session, ciphers = keyCiphers }: PairOptions = {},
): Promise<Result> {
  // A key that both sides know stands for a certificate, which a client does not have.
  const psk = randomBytes(32);
  const secureContext = createSecureContext({ minVersion: version, maxVersion: version, ciphers, ca: [] });
  prepare?.(secureContext);
  const [nearTcp, farTcp] = await tcpPair();
  const sockets: Socket[] = [nearTcp, farTcp];
  try {
    const near = startNear(
      nearTcp,
      (stream) => new TLSSocket(stream, { isServer: true, secureContext, pskCallback: () => psk } as object),
    );
    const far = connect({
      socket: farTcp,
      secureContext,
      checkServerIdentity: () => undefined,
      rejectUnauthorized: false,
      ...(session ? { session } : { pskCallback: () => ({ psk, identity: 'probe' }) }),
    });
    sockets.push(far, near);
    for (const socket of sockets) socket.on('error', () => undefined);
    return await probe({ near, far, farTcp });
  } finally {
    for (const socket of sockets.toReversed()) socket.destroy();
  }
}

/** With a pre-shared key, in TLS 1.2 and in TLS 1.3. */
const keyCiphers = 'PSK-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256';

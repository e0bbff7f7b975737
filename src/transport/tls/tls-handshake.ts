import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, TLSSocket, type TLSSocketOptions, type TlsOptions } from 'node:tls';
import { boundedWait } from '../bounded-wait.ts';
import { ChannelError } from '../channel-error.ts';
import { endOnTlsError } from '../node-internals/tls-error.ts';

/** The server's side of TLS over a stream. */
export function serverTls(stream: Duplex, options: TLSSocketOptions & Pick<TlsOptions, 'pskCallback'>): TLSSocket {
  return endOnTlsError(new TLSSocket(stream, { ...options, isServer: true }));
}

/** The client's side of TLS over a stream. Who the server is remains to be judged. */
export function clientTls(stream: Duplex, options: ConnectionOptions): TLSSocket {
  return connect({ ...options, socket: stream, rejectUnauthorized: false });
}

/**
 * Resolves when our side of a handshake is done. Otherwise the socket is destroyed; a TLSSocket made over a
 * stream of ours has no bound on its handshake but this one.
 * @param timeoutMs undefined for no bound but the signal
 * @throws the TLS error, what Node objects to in the peer's certificate where it was asked to check that, or a
 * ChannelError that says why the handshake ended.
 */
export async function completeHandshake(
  socket: TLSSocket,
  timeoutMs: number | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const gone = (): Error => new ChannelError('peer-closed', 'The peer ended the connection in the TLS handshake');
  const onClose = (): void => reject(gone());
  socket.once('secure', resolve).on('error', reject).once('close', onClose).once('end', onClose);
  try {
    await boundedWait(promise, {
      timeoutMs,
      signal,
      onTimeout: () => new ChannelError('timeout', 'The TLS handshake took too long'),
      onAbort: (cause) => new ChannelError('aborted', 'The TLS handshake was given up', { cause }),
    });
    // We are called from within OpenSSL here, tickets still being made: writing to the socket, or ending it, would
    // reenter it or free it under its feet (a crash of the process).
    await new Promise((resolve) => setImmediate(resolve));
    // Node judges a certificate behind `secure`, and destroys the socket of one that it does not trust.
    if (socket.destroyed) throw socket.errored ?? gone();
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off('secure', resolve).off('close', onClose).off('end', onClose);
  }
}

import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { observationMs, Probe } from './probe.ts';
import { withTlsPair } from './tls-pair.ts';

/**
 * Ends a server's TLS socket with what goes wrong in it after the handshake. Made without a tls.Server it tells that by an
 * event which Node does not document, and stays open.
 */
export function endOnTlsError(socket: TLSSocket): TLSSocket {
  return socket.on('_tlsError', (error: Error) => socket.destroy(error));
}

/** Where it does not work, the limits of silence end the connection. */
export const tlsErrors = new Probe(
  () =>
    withTlsPair(
      'TLSv1.3',
      (tcp, start) => endOnTlsError(start(tcp)),
      async ({ near, far, farTcp }) => {
        const signal = AbortSignal.timeout(observationMs);
        near.resume().write('x');
        await once(far, 'data', { signal });
        farTcp.write('no record of TLS');
        const [error] = await once(near, 'error', { signal });
        return error instanceof Error;
      },
    ),
  'connections whose TLS breaks stay until they have been idle for too long',
);

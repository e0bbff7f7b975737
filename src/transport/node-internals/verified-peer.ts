import { once } from 'node:events';
import type { SecureVersion, TLSSocket } from 'node:tls';
import { observationMs, Probe } from './probe.ts';
import { withTlsPair } from './tls-pair.ts';

/**
 * What `authorized` says on sockets that a tls.Server made; a TLSSocket over a stream of ours is never given it, so the
 * handle is asked as tls.Server does. Nobody is verified where this Node has not proved (`verification`) that it tells.
 * To be asked behind the handshake: before, Node crashes.
 */
export function isVerified(socket: TLSSocket): boolean {
  return verification.works === true && isJudgedGood(socket);
}

/** Where it does not work, no client certificate counts. */
export const verification = new Probe(
  async () => (await judges('TLSv1.2')) && (await judges('TLSv1.3')) && !(await judges('TLSv1.2', anonymous)),
  'no client certificate counts as verified',
);

/** Nobody proves who they are. The name is OpenSSL's. */
const anonymous = 'AECDH-AES128-SHA:@SECLEVEL=0';

function isJudgedGood(socket: TLSSocket): boolean {
  const handle = (socket as unknown as { readonly _handle?: { verifyError?(): Error | null } | null })._handle;
  return handle?.verifyError?.() === null;
}

/** How a client is judged that knows the key of both sides, or, with the ciphers for it, one that nothing is known of. */
function judges(version: SecureVersion, ciphers?: string): Promise<boolean> {
  return withTlsPair(
    version,
    (tcp, start) => start(tcp),
    async ({ near, far }) => {
      const signal = AbortSignal.timeout(observationMs);
      await once(far, 'secureConnect', { signal });
      far.write('x');
      await once(near, 'data', { signal });
      return isJudgedGood(near);
    },
    ciphers === undefined ? {} : { ciphers },
  );
}

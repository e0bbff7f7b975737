import type { TLSSocket } from 'node:tls';

/**
 * What `authorized` says on sockets that a tls.Server made; a TLSSocket over a stream of ours is never given it, so the
 * handle is asked as tls.Server does. Where that is gone, nobody is verified.
 */
export function isVerified(socket: TLSSocket): boolean {
  const handle = (socket as unknown as { readonly _handle?: { verifyError?(): Error | null } | null })._handle;
  return handle?.verifyError?.() === null;
}

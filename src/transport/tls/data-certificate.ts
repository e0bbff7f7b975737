import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/**
 * Whether a data connection shows the certificate that the control connection did, byte by byte; `expected` is that, in
 * DER. A resumed session of TLS 1.2 shows none, and belongs to whoever showed one when it began. Ask once: on a client
 * Node 24.21 gives the certificate of a peer to the first who asks for it, and nothing from then on.
 */
export function compareCertificate(data: TLSSocket, expected: Uint8Array | undefined): ComparedCertificate {
  const shown = data.getPeerX509Certificate();
  if (!shown) return { outcome: data.isSessionReused() ? 'same' : 'none' };
  return expected && shown.raw.equals(expected) ? { outcome: 'same' } : { outcome: 'other', shown };
}

export type ComparedCertificate =
  | { readonly outcome: 'same' | 'none' }
  | { readonly outcome: 'other'; readonly shown: X509Certificate };

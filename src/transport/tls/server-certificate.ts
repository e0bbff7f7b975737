import { createHash, type X509Certificate } from 'node:crypto';
import { namesOf } from './certificate.ts';

/** The certificate that a server showed. Every text in it is the server's own. */
export interface ServerCertificate {
  /** SHA-256 over the DER form: hexadecimal with colons, as other programs print it. */
  readonly fingerprint: string;
  /** `sha256//` and the base64 SHA-256 of the public key (SPKI), as curl has it; survives a renewal with the same key. */
  readonly pin: string;
  readonly subject: string;
  readonly issuer: string;
  /** The hosts that it is for, lower-case. */
  readonly names: readonly string[];
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly der: Uint8Array;
}

export function serverCertificate(x509: X509Certificate): ServerCertificate {
  return {
    fingerprint: x509.fingerprint256,
    pin: pinOf(x509),
    subject: x509.subject.replaceAll('\n', ', '),
    issuer: x509.issuer.replaceAll('\n', ', '),
    names: namesOf(x509),
    validFrom: x509.validFromDate,
    validTo: x509.validToDate,
    der: x509.raw,
  };
}

/** The public key of a certificate in the form of `ServerCertificate.pin`. */
export function pinOf(x509: X509Certificate): string {
  const key = x509.publicKey.export({ type: 'spki', format: 'der' });
  return `${pinPrefix}${createHash('sha256').update(key).digest('base64')}`;
}

export const pinPrefix = 'sha256//';

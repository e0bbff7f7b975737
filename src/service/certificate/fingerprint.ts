import { X509Certificate } from 'node:crypto';
import { pinOf } from '../../transport/index.ts';

/** What a person compares, or pins, to know a certificate again. */
export interface CertificateIdentity {
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` prints it: `AB:CD:...`. */
  readonly fingerprint: string;
  /** SHA-256 of its public key, as curl's `--pinnedpubkey` takes it: `sha256//...`. */
  readonly pin: string;
  readonly subject: string;
  readonly names: string;
  /** Whether no authority vouches for it: clients must be given the certificate itself to trust. */
  readonly isSelfSigned: boolean;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** Describes the first certificate of a PEM file. @throws Error where there is none. */
export function identify(pem: string): CertificateIdentity {
  const certificate = new X509Certificate(pem);
  return {
    fingerprint: certificate.fingerprint256,
    pin: pinOf(certificate),
    subject: certificate.subject,
    names: certificate.subjectAltName ?? '',
    // Not by checkIssued: a key that may sign no certificates has signed its own all the same.
    isSelfSigned: certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey),
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
  };
}

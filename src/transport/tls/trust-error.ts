import type { ServerCertificate } from './server-certificate.ts';

export type TrustErrorCode =
  /** No authority that is trusted here vouches for it. */
  | 'untrusted'
  | 'wrong-host'
  /** Outside its dates, or one of those that lead to the authority is. */
  | 'expired'
  /** It is none of those that were pinned. */
  | 'pin-mismatch'
  /** Another one was remembered for this server. */
  | 'changed'
  /** The data connection showed another one than the control connection. */
  | 'data-certificate-differs';

/** A server that is not believed to be the right one. Nothing was sent to it, and the connection is gone. */
export class TrustError extends Error {
  readonly code: TrustErrorCode;
  readonly certificate: ServerCertificate;
  /** All that speaks against it, as sentences; the first belongs to the code. */
  readonly reasons: readonly string[];

  constructor(code: TrustErrorCode, host: string, certificate: ServerCertificate, reasons: readonly string[]) {
    const { fingerprint, pin } = certificate;
    super(
      `The certificate of ${host} is not trusted. ${reasons.join('. ')}. Its SHA-256 fingerprint is ${fingerprint}. ` +
        `If the operator of the server confirms it, pin it: tls: { pins: ['${pin}'] }`,
    );
    this.name = 'TrustError';
    this.code = code;
    this.certificate = certificate;
    this.reasons = reasons;
  }
}

import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { JsonGeneralName } from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Ten years. Who trusts a self-signed certificate has compared its fingerprint, or pinned it: an early end would only
 * bring an outage and teach people to click a new one away. Whoever needs short lives has a certificate authority.
 */
const LIFETIME_YEARS = 10;
/** A client whose clock is a little behind must not refuse a certificate that was just made. */
const BACKDATED_MS = 3_600_000;
/** ub-common-name (RFC 5280 appendix A.1). */
const MAX_COMMON_NAME_LETTERS = 64;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Makes an ECDSA P-256 certificate for the host names and addresses; the first is its subject. RFC 5280. */
export async function makeSelfSigned(names: readonly string[], now = new Date()): Promise<CertificatePair> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + LIFETIME_YEARS);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [(names[0] ?? 'localhost').slice(0, MAX_COMMON_NAME_LETTERS)] }],
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.SubjectAlternativeNameExtension(names.map(generalName)),
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}

/** The library knows not every way to write an IPv6 address; the URL parser does, and gives back a plain one. */
function generalName(name: string): JsonGeneralName {
  if (isIP(name) === 0) return { type: 'dns', value: name };
  return { type: 'ip', value: isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name };
}

/** Only a first start needs it, so that no other waits for it. What lies underneath wants the metadata functions first. */
async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

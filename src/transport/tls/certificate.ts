import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { plainAddress } from '../addresses.ts';
import { alternativeNames, commonNames } from './certificate-names.ts';
import { type CertificateSource, TlsSettingsError } from './tls-settings.ts';

/** A certificate that passed the checks, with its key in the clear so that no later use has to decrypt it again. */
export interface CheckedCertificate {
  /** PEM chain. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  readonly leaf: X509Certificate;
}

/** @param label what messages call it */
export function checkCertificate(source: CertificateSource, label: string): CheckedCertificate {
  const [leaf] = parseChain(source.certificate, 'bad-certificate', label);
  const key = parseKey(source, label);
  if (!leaf.checkPrivateKey(key)) {
    throw new TlsSettingsError('key-mismatch', `${label} (${namesOf(leaf)[0] ?? 'nameless'}): the key is not its key`);
  }
  return { certificate: source.certificate, key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), leaf };
}

export function parseChain(
  pem: string,
  code: 'bad-certificate' | 'bad-authority',
  label: string,
): readonly [X509Certificate, ...X509Certificate[]] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    const [first, ...rest] = blocks.map((block) => new X509Certificate(block));
    if (first) return [first, ...rest];
  } catch (error) {
    throw new TlsSettingsError(code, `${label}: not a valid certificate`, error);
  }
  throw new TlsSettingsError(code, `${label}: no PEM certificate in it`);
}

function parseKey(source: CertificateSource, label: string): KeyObject {
  try {
    return createPrivateKey({
      key: source.key,
      ...(source.passphrase !== undefined && { passphrase: source.passphrase }),
    });
  } catch (error) {
    throw new TlsSettingsError('bad-key', `${label}: its key is no PEM key, or the passphrase is wrong`, error);
  }
}

export function namesOf(leaf: X509Certificate): readonly string[] {
  const alternative = alternativeNames(leaf, ['DNS', 'IP Address']);
  const names = alternative.length > 0 ? alternative : commonNames(leaf);
  return names.map((name) => plainAddress(name.toLowerCase()));
}

export function isFor(leaf: X509Certificate, host: string): boolean {
  if (host.includes('\0')) return false;
  if (isIP(host)) return leaf.checkIP(host) !== undefined;
  return leaf.checkHost(host.toLowerCase(), { partialWildcards: false }) !== undefined;
}

export function warningsOf(leaf: X509Certificate): readonly string[] {
  const name = namesOf(leaf)[0] ?? 'nameless';
  const now = Date.now();
  if (leaf.validToDate.getTime() < now) return [`The certificate of ${name} expired on ${leaf.validTo}`];
  if (leaf.validFromDate.getTime() > now) return [`The certificate of ${name} is not valid before ${leaf.validFrom}`];
  return [];
}

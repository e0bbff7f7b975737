import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { TlsOffer } from '../../core/index.ts';
import { canGovernTickets } from '../node-internals/ticket-callback.ts';

/** One certificate that the server shows, with its key. */
export interface CertificateSource {
  /** PEM: the certificate itself first, then those that lead to its authority. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** Opens an encrypted key. */
  readonly passphrase?: string;
}

/**
 * `modern`: TLS 1.3 alone. `intermediate`: TLS 1.2 too, with forward secrecy and authenticated encryption only. `fips`: as
 * `intermediate`, with the ciphers and groups alone that NIST SP 800-52r2 has (no ChaCha20, no X25519).
 */
export const TLS_PROFILES = ['modern', 'intermediate', 'fips'] as const;
export type TlsProfile = (typeof TLS_PROFILES)[number];

/** What TLS a peer may speak. Older versions are broken (RFC 8996), and never spoken. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** The versions of TLS. */
export interface TlsVersions {
  /** Default: `intermediate`. */
  readonly profile?: TlsProfile;
  /** Default: that of the profile. `modern` has no older one. */
  readonly minVersion?: TlsVersion;
  /** Default: TLS 1.3. */
  readonly maxVersion?: TlsVersion;
}

/**
 * `request`: a client may show a certificate, and whether it is verified is told in `TlsFacts`. `require`: there is no
 * connection without one that leads to one of the authorities.
 */
export type ClientCertificateAsk = 'off' | 'request' | 'require';

export interface TlsSettings extends TlsVersions {
  /** At least one; the first is shown to clients that name no host, or one that no certificate covers. */
  readonly certificates: readonly CertificateSource[];
  /** Default: `off`. */
  readonly clientCertificates?: {
    readonly ask: ClientCertificateAsk;
    /** PEM, the authorities that client certificates may lead to. No other one is trusted. */
    readonly authorities: readonly string[];
  };
}

export type TlsSettingsErrorCode =
  | 'no-certificate'
  | 'bad-certificate'
  | 'bad-key'
  | 'key-mismatch'
  | 'bad-authority'
  | 'bad-pin'
  /** No version of TLS is left. */
  | 'bad-versions'
  /** This Node cannot do it. */
  | 'unsupported';

/** TLS settings that cannot work. The message says which part and why, and never holds a key. */
export class TlsSettingsError extends Error {
  readonly code: TlsSettingsErrorCode;

  constructor(code: TlsSettingsErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TlsSettingsError';
    this.code = code;
  }
}

const suites13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
/** RFC 9325 section 4.2: ephemeral key exchange and AEAD. */
const suites12 = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].flatMap((cipher) => [
  `ECDHE-ECDSA-${cipher}`,
  `ECDHE-RSA-${cipher}`,
]);

/** What keys are exchanged by (NIST SP 800-52r2 section 3.3.1 and 3.4.2.2): curves of SP 800-186 that TLS has. */
const fipsGroups = 'P-256:P-384:P-521';
/**
 * On data connections. Their secrets come from the control connection's session too (RFC 8446 section 4.2.9, psk_dhe_ke),
 * so what holds against quantum computers there holds here, without being paid for again.
 */
const dataGroups = 'X25519:P-256:P-384:X25519MLKEM768';

/** The groups that keys are exchanged by on a connection of either kind, as OpenSSL takes them. */
export function groupsFor({ profile }: TlsVersions, connection: 'control' | 'data'): string {
  if (profile === 'fips') return fipsGroups;
  return connection === 'data' ? dataGroups : 'auto';
}

/** Why no version is left, or one that the profile does not have; undefined where all is well. */
export function versionsRefusal({
  profile,
  minVersion,
  maxVersion,
}: { readonly [Key in keyof TlsVersions]?: TlsVersions[Key] | undefined }): string | undefined {
  if (profile === 'modern' && (minVersion === 'TLSv1.2' || maxVersion === 'TLSv1.2')) {
    return 'the profile modern is TLS 1.3 alone: choose the profile intermediate for TLS 1.2';
  }
  if (minVersion === 'TLSv1.3' && maxVersion === 'TLSv1.2') return 'minVersion is above maxVersion: no version is left';
  return undefined;
}

/** The versions that these rules accept, the oldest first. */
export function acceptedVersions(versions: TlsVersions): readonly TlsVersion[] {
  const { minVersion, maxVersion } = profileOptions(versions);
  return (['TLSv1.2', 'TLSv1.3'] as const).filter(
    (version) => version >= (minVersion ?? version) && version <= (maxVersion ?? version),
  );
}

/** What these rules accept, in the terms of a client's offer. */
export function acceptedBy(rules: TlsVersions): TlsOffer['accepted'] {
  const versions = acceptedVersions(rules);
  const suites = (profileOptions(rules).ciphers ?? '').split(':');
  const is13 = (suite: string): boolean => suites13.includes(suite);
  const accepted = suites.filter((suite) => versions.includes(is13(suite) ? 'TLSv1.3' : 'TLSv1.2'));
  return { versions, ciphers: accepted.map((suite) => (is13(suite) ? suite : standardName(suite))) };
}

/** `ECDHE-RSA-AES128-GCM-SHA256`, as OpenSSL has it, by its name in the RFCs. */
function standardName(suite: string): string {
  const [exchange, key, ...cipher] = suite.split('-');
  const named = cipher.join('_').replace(/^AES(\d+)_/, 'AES_$1_');
  return `TLS_${exchange}_${key}_WITH_${named}${named.startsWith('CHACHA20') ? '_SHA256' : ''}`;
}

/** What a profile means to OpenSSL. No renegotiation and no compression in any (RFC 9325 sections 3.3 and 3.5). */
export function profileOptions({ profile, minVersion, maxVersion }: TlsVersions): SecureContextOptions {
  return {
    minVersion: minVersion ?? (profile === 'modern' ? 'TLSv1.3' : 'TLSv1.2'),
    maxVersion: canGovernTickets() ? (maxVersion ?? 'TLSv1.3') : 'TLSv1.2',
    ciphers: [...suites13, ...suites12].filter((suite) => profile !== 'fips' || !suite.includes('CHACHA20')).join(':'),
    honorCipherOrder: true,
    secureOptions:
      constants.SSL_OP_NO_RENEGOTIATION |
      constants.SSL_OP_NO_COMPRESSION |
      constants.SSL_OP_PRIORITIZE_CHACHA |
      // A ticket that nobody decides about would be given to whoever connects to a data port.
      (canGovernTickets() ? 0 : constants.SSL_OP_NO_TICKET),
  };
}

import { Buffer } from 'node:buffer';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.ts';

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

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** Makes an ECDSA P-256 certificate for the host names and addresses; the first is its subject. RFC 5280. */
export function makeSelfSigned(names: readonly string[], now = new Date()): CertificatePair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der.sequence(der.objectIdentifier(OID.ecdsaWithSha256));
  const subject = distinguishedName((names[0] ?? 'localhost').slice(0, MAX_COMMON_NAME_LETTERS));
  const certificate = der.sequence(
    der.context(0, der.integer(Buffer.of(2)), 'constructed'),
    der.integer(serialNumber()),
    algorithm,
    subject,
    validityFrom(now),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.context(3, extensions(names), 'constructed'),
  );
  const signature = sign('sha256', certificate, privateKey);
  return {
    certificate: pem('CERTIFICATE', der.sequence(certificate, algorithm, der.bitString(signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Positive, and with 126 random bits that nobody can foresee (RFC 5280 section 4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function distinguishedName(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.objectIdentifier(OID.commonName), der.utf8String(commonName))));
}

function validityFrom(now: Date): Buffer {
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + LIFETIME_YEARS);
  return der.sequence(der.time(new Date(now.getTime() - BACKDATED_MS)), der.time(end));
}

function extensions(names: readonly string[]): Buffer {
  const digitalSignature = der.bitString(Buffer.of(0x80), 7);
  return der.sequence(
    extension(OID.subjectAltName, der.sequence(...names.map(generalName))),
    extension(OID.basicConstraints, der.sequence(), 'critical'),
    extension(OID.keyUsage, digitalSignature, 'critical'),
    extension(OID.extendedKeyUsage, der.sequence(der.objectIdentifier(OID.serverAuth))),
  );
}

function extension(oid: string, value: Buffer, weight?: 'critical'): Buffer {
  const mark = weight === 'critical' ? [der.boolean(true)] : [];
  return der.sequence(der.objectIdentifier(oid), ...mark, der.octetString(value));
}

/** dNSName [2] or iPAddress [7] (RFC 5280 section 4.2.1.6). */
function generalName(name: string): Buffer {
  return isIP(name) === 0
    ? der.context(2, Buffer.from(name, 'ascii'), 'primitive')
    : der.context(7, addressBytes(name), 'primitive');
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // The URL parser knows every way to write an IPv6 address, and gives back one without a dotted tail.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const zeros = tail === undefined ? [] : Array.from({ length: missing }, () => '0');
  return Buffer.from(
    [...groups(head), ...zeros, ...groups(tail)].map((group) => group.padStart(4, '0')).join(''),
    'hex',
  );
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

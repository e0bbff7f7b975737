import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { PublicKey } from '../../core/index.ts';
import { ByteReader } from '../../protocol/index.ts';

/*
 * Keys that live in a security key (FIDO2), which signs when somebody touches it: OpenSSH's PROTOCOL.u2f. No option of a key
 * does without the touch here.
 */

/** The holder has touched it (WebAuthn section 6.1, UP). */
const USER_PRESENT = 0x01;

/** DER of an Ed25519 key before its 32 bytes (RFC 8410 section 4). */
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const ED25519_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;
const P256_BYTES = 32;

interface Scheme {
  readonly keyIn: (reader: ByteReader) => KeyObject | undefined;
  /** The signature itself, and what stands behind it. */
  readonly signatureIn: (
    bytes: Uint8Array,
  ) => { readonly signature: Uint8Array; readonly rest: ByteReader } | undefined;
  readonly isSigned: (data: Buffer, key: KeyObject, signature: Uint8Array) => boolean;
}

const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  [
    'sk-ssh-ed25519@openssh.com',
    {
      keyIn(reader) {
        const bytes = reader.string();
        if (bytes.length !== ED25519_BYTES) return undefined;
        return createPublicKey({ key: Buffer.concat([ED25519_PREFIX, bytes]), format: 'der', type: 'spki' });
      },
      signatureIn: (bytes) => ({
        signature: bytes.subarray(0, ED25519_SIGNATURE_BYTES),
        rest: new ByteReader(bytes, Math.min(bytes.length, ED25519_SIGNATURE_BYTES)),
      }),
      isSigned: (data, key, signature) => verify(null, data, key, signature),
    },
  ],
  [
    'sk-ecdsa-sha2-nistp256@openssh.com',
    {
      keyIn(reader) {
        const curve = reader.string().toString('latin1');
        const point = reader.string();
        if (curve !== 'nistp256' || point.length !== 1 + 2 * P256_BYTES || point[0] !== 4) return undefined;
        const [x, y] = [point.subarray(1, 1 + P256_BYTES), point.subarray(1 + P256_BYTES)];
        const key = { kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url') };
        return createPublicKey({ key, format: 'jwk' });
      },
      signatureIn(bytes) {
        const rest = new ByteReader(bytes);
        const [r, s] = [numberOf(rest.string()), numberOf(rest.string())];
        return r && s ? { signature: Buffer.concat([r, s]), rest } : undefined;
      },
      isSigned: (data, key, signature) => verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
    },
  ],
]);

export function isSecurityKey({ algorithm }: PublicKey): boolean {
  return SCHEMES.has(algorithm);
}

/**
 * Whether a security key has signed what was sent, while somebody touched it.
 * @param data what was to be signed (RFC 4252 section 7)
 * @param given the signature behind its algorithm and the length of its first part
 */
export function isSignedBySecurityKey({ algorithm, blob }: PublicKey, data: Uint8Array, given: Uint8Array): boolean {
  const scheme = SCHEMES.get(algorithm);
  if (!scheme) return false;
  try {
    const reader = new ByteReader(blob);
    if (reader.string().toString('latin1') !== algorithm) return false;
    const key = scheme.keyIn(reader);
    const application = reader.string();
    const found = scheme.signatureIn(given);
    if (!key || !found || !reader.isAtEnd) return false;
    const { signature, rest } = found;
    const [flags, counter] = [rest.uint8(), rest.uint32()];
    if (!rest.isAtEnd || (flags & USER_PRESENT) === 0) return false;
    const state = Buffer.alloc(5);
    state.writeUInt8(flags);
    state.writeUInt32BE(counter, 1);
    return scheme.isSigned(Buffer.concat([sha256(application), state, sha256(data)]), key, signature);
  } catch {
    // What ends too early, and keys that are no point of their curve.
    return false;
  }
}

/** A number of a signature in as many bytes as the curve has (RFC 4251 section 5, mpint). */
function numberOf(bytes: Buffer): Buffer | undefined {
  const first = bytes.findIndex((byte) => byte !== 0);
  const number = first === -1 ? Buffer.alloc(0) : bytes.subarray(first);
  if (number.length > P256_BYTES) return undefined;
  return Buffer.concat([Buffer.alloc(P256_BYTES - number.length), number]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { type PublicKey, type PublicKeyLine, publicKeyLine } from '../core/index.ts';

export type SecurityKeyKind = 'ed25519' | 'ecdsa';

/** A signature as it travels, and as the package ssh2 gives it. */
interface SecurityKeySignature {
  readonly whole: Buffer;
  readonly behindLength: Buffer;
}

/** A security key without a device: it signs at once, and says of itself what a test wants (OpenSSH's PROTOCOL.u2f). */
export interface SoftSecurityKey {
  readonly publicKey: PublicKey;
  readonly line: PublicKeyLine;
  sign(data: Uint8Array, options?: { readonly flags?: number; readonly application?: string }): SecurityKeySignature;
}

const APPLICATION = 'ssh:';

export function softSecurityKey(kind: SecurityKeyKind): SoftSecurityKey {
  const isEd25519 = kind === 'ed25519';
  const algorithm = isEd25519 ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const pair = isEd25519 ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
  const [first, second] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const key = isEd25519 ? [first] : [Buffer.from('nistp256'), Buffer.concat([Buffer.from([4]), first, second])];
  const blob = Buffer.concat([Buffer.from(algorithm), ...key, Buffer.from(APPLICATION)].map(string));
  const line = publicKeyLine(`${algorithm} ${blob.toString('base64')}`);
  if (!line) throw new Error('A key that was made is none');
  return {
    publicKey: { algorithm, blob },
    line,
    sign(data, { flags = 1, application = APPLICATION } = {}) {
      const state = Buffer.from([flags, 0, 0, 0, 7]);
      const message = Buffer.concat([sha256(Buffer.from(application)), state, sha256(data)]);
      const made = isEd25519
        ? sign(null, message, pair.privateKey)
        : numbers(sign('sha256', message, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }));
      return {
        whole: Buffer.concat([string(Buffer.from(algorithm)), string(made), state]),
        behindLength: Buffer.concat([made, state]),
      };
    },
  };
}

/** Both numbers of a signature, each as short as it is (RFC 4251 section 5, mpint). */
function numbers(signature: Buffer): Buffer {
  const half = signature.length / 2;
  return Buffer.concat(
    [signature.subarray(0, half), signature.subarray(half)].map((bytes) => {
      const first = bytes.findIndex((byte) => byte !== 0);
      const number = bytes.subarray(first);
      return string((number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), number]) : number);
    }),
  );
}

function string(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

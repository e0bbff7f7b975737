/** A public key as SSH has it: the name of its algorithm, and the key as it travels (RFC 4253 section 6.6). */
export interface PublicKey {
  readonly algorithm: string;
  readonly blob: Uint8Array;
}

declare const checked: unique symbol;
/** A public key as text: algorithm, base64 and perhaps a comment, as a line of OpenSSH's authorized_keys has them. */
export type PublicKeyLine = string & { readonly [checked]: true };

/**
 * The algorithms of keys that are accepted: none whose signatures can be forged today (`ssh-dss`). An `ssh-rsa` key signs
 * with SHA-2 (RFC 8332); that it does is the front-end's to see to.
 */
const ALGORITHMS: readonly string[] = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'ssh-rsa',
];

/** Far above an RSA key of 16,384 bits. */
const MAX_LINE_LENGTH = 8192;
/** A modulus of 2048 bits, the least that is asked for today (NIST SP 800-131A), with its exponent and lengths. */
const MIN_RSA_BLOB_BYTES = 270;

/** A line with its blanks put right; undefined for one that is no key, has options before it, or names another algorithm than its key. */
export function publicKeyLine(text: string): PublicKeyLine | undefined {
  if (text.length > MAX_LINE_LENGTH || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return undefined;
  const [algorithm = '', base64 = '', ...comment] = text.trim().split(/ +/);
  const blob = bytesOf(base64);
  if (!blob || !ALGORITHMS.includes(algorithm) || algorithmIn(blob) !== algorithm) return undefined;
  if (algorithm === 'ssh-rsa' && blob.length < MIN_RSA_BLOB_BYTES) return undefined;
  return [algorithm, base64, ...comment].join(' ') as PublicKeyLine;
}

/** Whether it is the key of the line. The whole blob is compared, which holds the algorithm of the key itself. */
export function isKeyOfLine({ blob }: PublicKey, line: PublicKeyLine): boolean {
  const held = bytesOf(line.split(' ')[1] ?? '');
  return held !== undefined && held.length === blob.length && held.every((byte, index) => byte === blob[index]);
}

/** What a key is known by beside its comment: two lines of one key have the same. */
export function keyOfLine(line: PublicKeyLine): string {
  return line.split(' ').slice(0, 2).join(' ');
}

function bytesOf(base64: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) return undefined;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** The first string of the blob (RFC 4251 section 5). */
function algorithmIn(blob: Uint8Array): string {
  const [a = 0, b = 0, c = 0, length = 0] = blob;
  if (a + b + c > 0 || blob.length < 4 + length) return '';
  return String.fromCharCode(...blob.subarray(4, 4 + length));
}

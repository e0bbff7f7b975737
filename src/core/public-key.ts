import { type KeyOptions, NO_KEY_OPTIONS, readKeyOptions } from './key-options.ts';

/** A public key as SSH has it: the name of its algorithm, and the key as it travels (RFC 4253 section 6.6). */
export interface PublicKey {
  readonly algorithm: string;
  readonly blob: Uint8Array;
}

declare const checked: unique symbol;
/** A public key as text, as a line of OpenSSH's authorized_keys has it: perhaps options, algorithm, base64 and perhaps a comment. */
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

/** A line with its blanks put right; undefined for one that is no key, has options that are not held, or names another algorithm than its key. */
export function publicKeyLine(text: string): PublicKeyLine | undefined {
  const read = readPublicKeyLine(text);
  return 'line' in read ? read.line : undefined;
}

/** As `publicKeyLine`, with a sentence on what is wrong. */
export function readPublicKeyLine(text: string): { readonly line: PublicKeyLine } | { readonly problem: string } {
  if (text.length > MAX_LINE_LENGTH || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return { problem: NO_KEY };
  const { before, algorithm, base64, comment } = partsOf(text.trim());
  const blob = bytesOf(base64);
  if (!blob || !ALGORITHMS.includes(algorithm) || algorithmIn(blob) !== algorithm) return { problem: NO_KEY };
  if (algorithm === 'ssh-rsa' && blob.length < MIN_RSA_BLOB_BYTES) {
    return { problem: 'An RSA key of less than 2048 bits is not accepted' };
  }
  const options = readKeyOptions(before);
  if (typeof options === 'string') return { problem: options };
  const parts = [...(options.text === '' ? [] : [options.text]), algorithm, base64, ...comment];
  return { line: parts.join(' ') as PublicKeyLine };
}

const NO_KEY = 'It is no public key that is accepted';

/** Whether it is the key of the line. The whole blob is compared, which holds the algorithm of the key itself. */
export function isKeyOfLine({ blob }: PublicKey, line: PublicKeyLine): boolean {
  const held = bytesOf(partsOf(line).base64);
  return held !== undefined && held.length === blob.length && held.every((byte, index) => byte === blob[index]);
}

/** What a key is known by beside its options and its comment: algorithm and base64. Two lines of one key have the same. */
export function keyOfLine(line: PublicKeyLine): string {
  const { algorithm, base64 } = partsOf(line);
  return `${algorithm} ${base64}`;
}

/** For people: algorithm, comment and options. */
export function nameOfLine(line: PublicKeyLine): string {
  const { before, algorithm, comment } = partsOf(line);
  return [algorithm, ...comment, ...(before === '' ? [] : [`(${before})`])].join(' ');
}

/** What a key is held to. */
export function optionsOfLine(line: PublicKeyLine): KeyOptions {
  const options = readKeyOptions(partsOf(line).before);
  return typeof options === 'string' ? NO_KEY_OPTIONS : options;
}

interface LineParts {
  /** The options as they stand there; nothing where there are none. */
  readonly before: string;
  readonly algorithm: string;
  readonly base64: string;
  readonly comment: readonly string[];
}

/** Options end at the first blank outside of quotes. What begins with an algorithm has none. */
function partsOf(line: string): LineParts {
  const before = ALGORITHMS.includes(line.split(' ', 1)[0] ?? '')
    ? ''
    : (/^(?:[^ "]|"(?:[^"\\]|\\.)*")*/.exec(line)?.[0] ?? '');
  const [algorithm = '', base64 = '', ...comment] = line.slice(before.length).trim().split(/ +/);
  return { before, algorithm, base64, comment };
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

import { Buffer } from 'node:buffer';
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { encodeText } from '../core/index.ts';
import { checkForeignHash } from './foreign-hash/check.ts';
import { checkableHash, describeHash } from './foreign-hash/foreign-hash.ts';

/** The longest password, in bytes: far above any real one, and it bounds what a stranger can make us hash. */
const MAX_PASSWORD_BYTES = 1024;
const MIN_PASSWORD_CHARACTERS = 12;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** The parameters of RFC 7914: N = 2^ln, block size r, parallelisation p. */
interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

interface Stored extends Cost {
  readonly salt: Buffer;
  readonly key: Buffer;
}

/**
 * One of the settings that the OWASP Password Storage Cheat Sheet names as equal in strength. This one, because it
 * takes 32 MiB a check instead of the 128 MiB of `ln=17,r=8,p=1`: memory is what a flood of logins uses up first.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 */
const COST: Cost = { ln: 15, r: 8, p: 3 };

/** N*r*p of OWASP's costliest setting (2^17, 8, 1): a stored hash that asks for more, or over 128 MiB, is not believed. */
const MAX_WORK = 2 ** 20;
const MAX_MEMORY_BYTES = 256 * 2 ** 20;

/**
 * Hashes a new password with scrypt (RFC 7914), on a thread of libuv's pool. The password is brought to NFC first (RFC
 * 8265 section 4.2.2), so that two keyboards agree. The form is PHC's: `$scrypt$ln=15,r=8,p=3$salt$hash`, base64 without padding.
 * @throws RangeError for a password that can never be right: empty, over 1024 bytes, or with a NUL.
 */
export async function hashPassword(password: string): Promise<string> {
  if (!isPossible(password)) throw new RangeError('A password is 1 to 1024 bytes long and holds no NUL');
  const salt = randomBytes(SALT_BYTES);
  return format({ ...COST, salt, key: await derive(password, { ...COST, salt }, KEY_BYTES) });
}

/**
 * Whether the password is the one that was hashed, by us or by another server. Without a hash that can be read (no such user,
 * no password set, a damaged one) it does the same work and says no, so that time tells nothing about who exists. For the hash
 * of another server, which mostly costs less, it does that work besides.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  if (!isPossible(password)) return false;
  const { key, ...how } = parse(hash ?? '') ?? NOBODY;
  // Other servers hash the bytes that the client sent.
  const foreign =
    hash !== undefined && checkableHash(hash) ? checkForeignHash({ password: encodeText(password), hash }) : undefined;
  const [derived, isForeign] = await Promise.all([derive(password, how, key.length), foreign]);
  return isForeign ?? timingSafeEqual(derived, key);
}

/** Why no password is checked against a hash, of ours or of another server, as a part of a sentence; undefined where one is. */
export function hashRefusal(hash: string): string | undefined {
  return parse(hash) ? undefined : describeHash(hash).refusal;
}

/** Whether a hash was made at another cost than new ones are, by another server, or cannot be read. */
export function needsRehash(hash: string): boolean {
  const stored = parse(hash);
  return stored?.ln !== COST.ln || stored.r !== COST.r || stored.p !== COST.p;
}

/**
 * What is wrong with a password that somebody wants to set, as a sentence; undefined where nothing is. By default at least 12
 * characters, the length that PCI DSS 4.0 asks for (8.3.6); no rules on their kinds, which NIST SP 800-63B advises
 * against. No line break or NUL: FTP sends a password as one line.
 */
export function passwordRefusal(password: string, minLength = MIN_PASSWORD_CHARACTERS): string | undefined {
  if (Array.from(password).length < minLength) return `The password must have at least ${minLength} characters`;
  if (/[\0\r\n]/.test(password)) return 'The password must not hold a line break or a NUL';
  if (!isPossible(password)) return `The password must not be longer than ${MAX_PASSWORD_BYTES} bytes`;
  return undefined;
}

/** A password as it is hashed. */
export function passwordBytes(password: string): Buffer {
  return encodeText(password.normalize('NFC'));
}

/** No password fits it: its key was not derived from one. */
const NOBODY: Stored = { ...COST, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) };

function isPossible(password: string): boolean {
  if (password === '' || password.length > MAX_PASSWORD_BYTES || password.includes('\0')) return false;
  return passwordBytes(password).length <= MAX_PASSWORD_BYTES;
}

function derive(password: string, how: Omit<Stored, 'key'>, length: number): Promise<Buffer> {
  const cost = { N: 2 ** how.ln, r: how.r, p: how.p, maxmem: MAX_MEMORY_BYTES };
  return new Promise((resolve, reject) => {
    scrypt(passwordBytes(password), how.salt, length, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function format({ ln, r, p, salt, key }: Stored): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

/** Salt and hash of 16 to 64 bytes: a shorter hash could be met by chance. */
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{22,86})$/;

function parse(hash: string): Stored | undefined {
  const [, ln, r, p, salt = '', key = ''] = PHC.exec(hash) ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const work = 2 ** cost.ln * cost.r * cost.p;
  if (!(cost.ln > 0 && work > 0 && work <= MAX_WORK)) return undefined;
  return { ...cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

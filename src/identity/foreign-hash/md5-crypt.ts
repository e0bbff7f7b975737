import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { cryptDigits } from './crypt-base64.ts';

const ROUNDS = 1000;
/** Which bytes of the digest are written together, the highest first. The one that is left comes last. */
const ORDER = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const;
const LAST = 11;

/**
 * crypt(3) by MD5, as FreeBSD introduced it: `$1$`, and Apache's `$apr1$`. Gives the digest as it stands behind the last `$`.
 * @param magic the prefix, which is hashed too
 */
export function md5Crypt(magic: string, password: Buffer, salt: Buffer): string {
  const other = md5(password, salt, password);
  const stretched = Buffer.alloc(password.length, other);
  const first = password.subarray(0, 1);
  // For each bit of the length, the lowest first.
  const byBits = Array.from(password.length.toString(2), (bit) => (bit === '1' ? Buffer.alloc(1) : first)).toReversed();
  let digest = md5(password, Buffer.from(magic), salt, stretched, ...byBits);
  for (let round = 0; round < ROUNDS; round += 1) {
    const isOdd = round % 2 === 1;
    const parts = [isOdd ? password : digest];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(password);
    parts.push(isOdd ? digest : password);
    digest = md5(...parts);
  }
  const at = (index: number) => digest[index] ?? 0;
  const groups = ORDER.map(([high, middle, low]) => cryptDigits((at(high) << 16) | (at(middle) << 8) | at(low), 4));
  return groups.join('') + cryptDigits(at(LAST), 2);
}

function md5(...parts: readonly Buffer[]): Buffer {
  const sum = createHash('md5');
  for (const part of parts) sum.update(part);
  return sum.digest();
}

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { cryptDigits } from './crypt-base64.ts';

/**
 * crypt(3) by SHA-256 (`$5$`) and SHA-512 (`$6$`), as https://www.akkadia.org/drepper/SHA-crypt.txt describes it. The numbers
 * of steps below are those of that text. Gives the digest as it stands behind the last `$`.
 */
export function shaCrypt(algorithm: 'sha256' | 'sha512', password: Buffer, salt: Buffer, rounds: number): string {
  const hash = (...parts: readonly Buffer[]) => {
    const sum = createHash(algorithm);
    for (const part of parts) sum.update(part);
    return sum.digest();
  };
  // Steps 4 to 8.
  const other = hash(password, salt, password);
  // Steps 1 to 3 and 9 to 12.
  let digest = hash(password, salt, stretched(other, password.length), ...byBits(password, other));
  // Steps 13 to 16.
  const p = stretched(hash(...repeated(password, password.length)), password.length);
  // Steps 17 to 20.
  const s = stretched(hash(...repeated(salt, 16 + (digest[0] ?? 0))), salt.length);
  // Step 21.
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    const sum = createHash(algorithm).update(isOdd ? p : digest);
    if (round % 3 !== 0) sum.update(s);
    if (round % 7 !== 0) sum.update(p);
    digest = sum.update(isOdd ? digest : p).digest();
  }
  return algorithm === 'sha512' ? ordered512(digest) : ordered256(digest);
}

/** For each bit of the length, the lowest first: the digest for a one, the password for a zero. */
function byBits(password: Buffer, digest: Buffer): readonly Buffer[] {
  const bits = password.length.toString(2);
  return Array.from(bits, (bit) => (bit === '1' ? digest : password)).toReversed();
}

function stretched(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

function repeated(bytes: Buffer, count: number): readonly Buffer[] {
  return Array.from({ length: count }, () => bytes);
}

/** Step 22: three bytes at a time, in an order of its own. */
function ordered512(digest: Buffer): string {
  let [high, middle, low] = [0, 21, 42];
  let text = '';
  for (let group = 0; group < 21; group += 1) {
    text += cryptDigits(bits(digest, high, middle, low), 4);
    [high, middle, low] = [middle + 1, low + 1, high + 1];
  }
  return text + cryptDigits(digest[63] ?? 0, 2);
}

function ordered256(digest: Buffer): string {
  let [high, middle, low] = [0, 10, 20];
  let text = '';
  for (let group = 0; group < 10; group += 1) {
    text += cryptDigits(bits(digest, high, middle, low), 4);
    [high, middle, low] = [low + 1, high + 1, middle + 1];
  }
  return text + cryptDigits(((digest[31] ?? 0) << 8) | (digest[30] ?? 0), 3);
}

function bits(digest: Buffer, high: number, middle: number, low: number): number {
  return ((digest[high] ?? 0) << 16) | ((digest[middle] ?? 0) << 8) | (digest[low] ?? 0);
}

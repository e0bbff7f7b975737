/** The digits of crypt(3). They are not those of base64, and the lowest six bits come first. */
const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Writes a number of 24 bits, or its lowest, in so many digits. */
export function cryptDigits(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => DIGITS[(value >> (6 * index)) & 63]).join('');
}

/** The number that some digits write. All of them must be digits. */
export function cryptNumber(text: string): number {
  return Array.from(text).reduceRight((value, digit) => value * 64 + DIGITS.indexOf(digit), 0);
}

/** Writes bytes by threes, the first of each being the lowest: as scrypt's `$7$` does. */
export function cryptText(bytes: Uint8Array): string {
  const groups = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, index) => {
    const [low = 0, middle = 0, high = 0] = bytes.subarray(index * 3, index * 3 + 3);
    const count = Math.min(bytes.length - index * 3, 3) + 1;
    return cryptDigits((high << 16) | (middle << 8) | low, count);
  });
  return groups.join('');
}

import type { DigestAlgorithm } from '../core/index.ts';
import type { Reply } from './reply.ts';

/** The answer to HASH. */
export interface HashReply {
  /** The IANA name of the algorithm in upper case. It may differ from the requested one. */
  readonly algorithm: string;
  /** The two positions of the range as they were sent: servers differ in whether the last one is included. */
  readonly range: readonly [first: number, last: number];
  /** In lower case. */
  readonly hex: string;
}

/** Reads the answer to HASH: `213 SHA-256 0-123 <hex> name` (draft-bryan-ftpext-hash-02 section 3.1). */
export function parseHashReply({ code, lines }: Reply): HashReply | undefined {
  if (code !== 213) return undefined;
  const [algorithm = '', range = '', hex = ''] = (lines.at(-1) ?? '').split(' ', 3);
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(range) ?? [];
  if (algorithm === '' || first === undefined || hex.length % 2 !== 0 || !isHex(hex)) return undefined;
  return { algorithm: algorithm.toUpperCase(), range: [Number(first), Number(last)], hex: hex.toLowerCase() };
}

const HEX_DIGITS: Readonly<Record<DigestAlgorithm, number>> = {
  CRC32: 8,
  MD5: 32,
  'SHA-1': 40,
  'SHA-256': 64,
  'SHA-512': 128,
};

/**
 * Reads the answer to XCRC, XMD5, XSHA1 and their like, which no RFC describes: `250 <hex>`, with 213 or 251 for a
 * code, and with the name or a word before or behind the sum. Gives it in lower case, a CRC with its leading zeros.
 */
export function parseChecksumReply({ code, lines }: Reply, algorithm: DigestAlgorithm): string | undefined {
  if (code < 200 || code > 299) return undefined;
  const words = (lines.at(-1) ?? '').trim().split(/\s+/);
  const digits = HEX_DIGITS[algorithm];
  const isSum = (word: string) => word.length === digits && isHex(word);
  const [only = ''] = words;
  // The name may look like a checksum, too. The checksum is most likely the first word, then the last one, then any other.
  const sum = [only, words.at(-1) ?? ''].find(isSum) ?? words.find(isSum);
  if (sum !== undefined) return sum.toLowerCase();
  // Some print the CRC as a number, without leading zeros.
  return algorithm === 'CRC32' && words.length === 1 && only.length < digits && isHex(only)
    ? only.toLowerCase().padStart(digits, '0')
    : undefined;
}

function isHex(word: string): boolean {
  return /^[\da-f]+$/i.test(word);
}

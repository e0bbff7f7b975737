import { type Syntax, SyntaxFailure } from './syntax.ts';

/** REST: where in the file the next transfer begins, in bytes (RFC 3659 section 5.3). */
export const byteOffset: Syntax<number> = {
  parse: (argument) => parseWhole(argument, Number.MAX_SAFE_INTEGER, 'Expected a position in bytes: digits only'),
  format: String,
};

/** ALLO: how much room the next upload needs, and its longest record (RFC 959 section 4.1.3). */
export interface Allocation {
  readonly bytes: number;
  readonly recordBytes?: number;
}

/** ALLO: `n` or `n R m` (RFC 959 section 5.3.1). */
export const allocation: Syntax<Allocation> = {
  parse(argument) {
    const expected = 'Expected a number of bytes, or two: n R m';
    const match = /^(\d+)(?: R (\d+))?$/i.exec(argument);
    if (match === null) throw new SyntaxFailure(501, expected);
    const [, bytes = '', recordBytes] = match;
    return {
      bytes: parseWhole(bytes, Number.MAX_SAFE_INTEGER, expected),
      ...(recordBytes !== undefined && { recordBytes: parseWhole(recordBytes, Number.MAX_SAFE_INTEGER, expected) }),
    };
  },
  format: ({ bytes, recordBytes }) => (recordBytes === undefined ? `${bytes}` : `${bytes} R ${recordBytes}`),
};

/** PBSZ: a number of 32 bits (RFC 2228 section 3). What it means over TLS is RFC 4217's matter: nothing. */
export const protectionBufferSize: Syntax<number> = {
  parse: (argument) => parseWhole(argument, 2 ** 32 - 1, 'Expected a buffer size of at most 32 bits: digits only'),
  format: String,
};

/** What RANG asks for: bytes from `start` up to, not including, `end`, or the whole file again. */
export type RangeRequest = { readonly start: number; readonly end: number } | 'whole';

/**
 * RANG: the first and the last byte that the next HASH or RETR covers, the last included; `1 0` takes it back
 * (draft-bryan-ftp-range-08 section 3).
 */
export const byteRange: Syntax<RangeRequest> = {
  parse(argument) {
    const expected = 'Expected the positions of the first and the last byte, or 1 0 for the whole file';
    const [first = '', last = '', ...more] = argument.split(' ', 3);
    const start = parseWhole(first, Number.MAX_SAFE_INTEGER - 1, expected);
    const end = parseWhole(last, Number.MAX_SAFE_INTEGER - 1, expected) + 1;
    if (start === 1 && end === 1 && more.length === 0) return 'whole';
    if (more.length > 0 || start >= end) throw new SyntaxFailure(501, expected);
    return { start, end };
  },
  format: (range) => (range === 'whole' ? '1 0' : `${range.start} ${range.end - 1}`),
};

/** @throws SyntaxFailure 501 for what is not digits alone, or more than `greatest`. */
export function parseWhole(digits: string, greatest: number, expected: string): number {
  const value = /^\d+$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY;
  if (value > greatest) throw new SyntaxFailure(501, expected);
  return value;
}

import { type Syntax, SyntaxFailure } from './syntax.ts';

/** The argument of REST: the position in bytes at which the next transfer begins (RFC 3659 section 5.3). */
export const byteOffset: Syntax<number> = {
  parse: (argument) => parseWhole(argument, Number.MAX_SAFE_INTEGER, 'Expected a position in bytes: digits only'),
  format: String,
};

/** What ALLO announces: the size of the next upload and of its longest record (RFC 959 section 4.1.3). */
export interface Allocation {
  readonly bytes: number;
  readonly recordBytes?: number;
}

/** The argument of ALLO: `n` or `n R m` (RFC 959 section 5.3.1). */
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

/** The argument of PBSZ: a number of 32 bits (RFC 2228 section 3). Over TLS it has no effect (RFC 4217 section 8). */
export const protectionBufferSize: Syntax<number> = {
  parse: (argument) => parseWhole(argument, 2 ** 32 - 1, 'Expected a buffer size of at most 32 bits: digits only'),
  format: String,
};

/** What RANG selects: the bytes from `start` up to, but not including, `end`, or the whole file again. */
export type RangeRequest = { readonly start: number; readonly end: number } | 'whole';

/**
 * The argument of RANG: the positions of the first and the last byte that the next HASH or RETR covers. `1 0` selects the
 * whole file again (draft-bryan-ftp-range-08 section 3).
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

/** Parses a whole number. @throws SyntaxFailure 501 if it is not digits alone, or exceeds `greatest` */
export function parseWhole(digits: string, greatest: number, expected: string): number {
  const value = /^\d+$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY;
  if (value > greatest) throw new SyntaxFailure(501, expected);
  return value;
}

import { oneOf, type Syntax, SyntaxFailure } from './syntax.ts';

/** How the bytes of a transfer are represented. `ascii`: lines of text. `image`: unchanged bytes. */
export type TransferType = 'ascii' | 'image';

/**
 * The argument of TYPE (RFC 959 section 5.3.1). A, A N and A T mean the same (RFC 1123 section 4.1.2.2). L 8 means the same
 * as I on a machine with 8-bit bytes (RFC 1123 section 4.1.2.3). E, A C and other byte sizes are refused with 504. Some
 * clients omit the space between the two words.
 */
export const transferType: Syntax<TransferType> = {
  parse(argument) {
    const [, words = argument, joined] = /^ *([AEL])([NTC]|\d+) *$/i.exec(argument) ?? [];
    const given = joined === undefined ? words : `${words} ${joined}`;
    const [type, form = '', ...more] = given.trim().toUpperCase().split(/ +/);
    if (more.length > 0) throw new SyntaxFailure(501, EXPECTED_TYPE);
    if (type === 'A' && ['', 'N', 'T'].includes(form)) return 'ascii';
    if ((type === 'I' && form === '') || (type === 'L' && form === '8')) return 'image';
    const isKnown = /^(?:[AE] [NTC]|E ?|L \d+)$/.test(`${type} ${form}`);
    throw isKnown
      ? new SyntaxFailure(504, 'Only types A, I and L 8 are supported')
      : new SyntaxFailure(501, EXPECTED_TYPE);
  },
  format: (type) => (type === 'ascii' ? 'A' : 'I'),
};

const EXPECTED_TYPE = 'Expected a type: A, I or L 8';

/** The argument of STRU: F (RFC 959 section 3.1.2). Records and pages are refused with 504. */
export const fileStructure: Syntax<'file'> = oneOf({ F: 'file' }, 504, 'Only structure F is supported');

/** How a transfer is encoded. `stream`: as it is. `deflate`: compressed with zlib. */
export type TransferMode = 'stream' | 'deflate';

/**
 * The argument of MODE: S (RFC 959 section 3.4) or Z (draft-preston-ftpext-deflate-04). The block and compressed modes are
 * refused with 504.
 */
export const transferMode: Syntax<TransferMode> = oneOf(
  { S: 'stream', Z: 'deflate' },
  504,
  'Only modes S and Z are known here',
);

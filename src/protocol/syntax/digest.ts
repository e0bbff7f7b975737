import type { ByteRange, DigestAlgorithm } from '../../core/index.ts';
import { formatName, parseNames, takeName } from './names.ts';
import { parseWhole } from './numbers.ts';
import { oneOf, type Syntax, SyntaxFailure } from './syntax.ts';

/**
 * The argument of OPTS HASH: the IANA name of the algorithm that HASH uses from now on. draft-bryan-ftpext-hash-02 section
 * 3.2 demands 501 for an unknown one.
 */
export const digestAlgorithm: Syntax<DigestAlgorithm> = oneOf(
  { CRC32: 'CRC32', MD5: 'MD5', 'SHA-1': 'SHA-1', 'SHA-256': 'SHA-256', 'SHA-512': 'SHA-512' },
  501,
  'The algorithms are CRC32, MD5, SHA-1, SHA-256 and SHA-512',
);

/** The file, or the part of a file, whose checksum is requested. */
export interface ChecksumRequest {
  readonly path: string;
  readonly range: ByteRange;
}

/**
 * The argument of XCRC, XMD5, XSHA1, ...: `path`, `"path" start` or `"path" start end`. No RFC describes these commands. A
 * quoted path may contain spaces, and numbers after it are a range. After an unquoted path without spaces, two numbers are
 * a range. Everything else is a path with its spaces, because a file `report 2024` is more likely than a start without an
 * end.
 */
export const checksumRequest: Syntax<ChecksumRequest> = {
  parse(argument) {
    if (argument === '') throw new SyntaxFailure(501, 'Expected a path');
    if (!argument.startsWith('"') && !/^\S+ \d+ \d+$/.test(argument)) return { path: argument, range: {} };
    const { name: path, after } = takeName(argument);
    const [start, end, ...more] = parseNames(after);
    if (path === '' || more.length > 0) throw new SyntaxFailure(501, EXPECTED);
    return { path, range: parseRange(start, end) };
  },
  format({ path, range: { start, end } }) {
    if (start === undefined && end === undefined) return formatName(path);
    const quotedPath = `"${path.replaceAll('"', '""')}"`;
    return end === undefined ? `${quotedPath} ${start}` : `${quotedPath} ${start ?? 0} ${end}`;
  },
};

const EXPECTED = 'Expected a path, and after it the positions where to begin and to end: "path" start end';

function parseRange(first?: string, last?: string): ByteRange {
  if (first === undefined) return {};
  const start = parseWhole(first, Number.MAX_SAFE_INTEGER, EXPECTED);
  if (last === undefined) return { start };
  const end = parseWhole(last, Number.MAX_SAFE_INTEGER, EXPECTED);
  if (end < start) throw new SyntaxFailure(501, EXPECTED);
  return { start, end };
}

import type { Reply } from './reply.ts';
import { readTime } from './syntax/time.ts';

/** Reads the answer to SIZE, in bytes (RFC 3659 section 4.2); some servers put other words before the number. */
export function parseSizeReply(reply: Reply): number | undefined {
  if (reply.code !== 213) return undefined;
  const words = lastWords(reply);
  return readSize(words[0]) ?? readSize(words.at(-1));
}

/** Reads the answer to MDTM: a time in UTC, fractions included (RFC 3659 section 3.3). */
export function parseTimeReply(reply: Reply): Date | undefined {
  return reply.code === 213 ? readTime(lastWords(reply)[0] ?? '') : undefined;
}

/**
 * The length of the file that a 150 or 125 announces: `(12345 bytes)` at its end, or without parentheses at its beginning.
 * No RFC defines it. Servers that count in 32 bits overflow, and after REST some announce the rest only. So it serves a
 * progress bar and a generous limit only.
 * @param path the path of the file. The line may contain it, and a number within it is no length
 */
export function parseAnnouncedSize({ code, lines }: Reply, path: string): number | undefined {
  if (code !== 150 && code !== 125) return undefined;
  const text = lines.at(-1) ?? '';
  const [words, digits] = /^(\d{1,16}) bytes?\b/i.exec(text.slice(text.lastIndexOf('(') + 1)) ?? [];
  const isOfPath = words !== undefined && path.toLowerCase().includes(words.toLowerCase());
  return isOfPath ? undefined : readSize(digits);
}

function lastWords({ lines }: Reply): readonly string[] {
  return (lines.at(-1) ?? '').trim().split(' ');
}

function readSize(digits: string | undefined): number | undefined {
  const size = digits !== undefined && /^\d+$/.test(digits) ? Number(digits) : undefined;
  return Number.isSafeInteger(size) ? size : undefined;
}

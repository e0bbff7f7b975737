import type { Reply } from './reply.ts';

/**
 * Reads the path of a 257, the answer to PWD and MKD: in double quotes, where a doubled one stands for one (RFC 959
 * appendix II); the first word where a server sends no quotes. A path that no quote closes is none.
 */
export function parseCurrentDirectory(reply: Reply): string | undefined {
  const text = textWithPath(reply);
  if (text === undefined) return undefined;
  return pathOrNone(text.includes('"') ? readQuoted(text) : text.trimStart().split(' ', 1)[0]);
}

/**
 * Every path that a 257 may mean, the likeliest first. Pure-FTPd does not double the quotes within a path: `"6" x 9""` is
 * `6" x 9"` there, and `6` by the RFC. Where there are two readings, only the server can tell which one it meant.
 */
export function currentDirectoryReadings(reply: Reply): readonly string[] {
  const text = textWithPath(reply);
  if (text === undefined) return [];
  const literal = pathOrNone(/"(.*)"/s.exec(text)?.[1]);
  const hasQuoteWithin = literal?.includes('"') === true;
  const readings = [parseCurrentDirectory(reply), hasQuoteWithin ? literal : undefined];
  return [...new Set(readings.filter((path) => path !== undefined))];
}

function textWithPath({ code, lines }: Reply): string | undefined {
  return code === 257 ? (lines.find((text) => text.includes('"')) ?? lines[0]) : undefined;
}

function pathOrNone(path: string | undefined): string | undefined {
  return path === undefined || path === '' || /[\0\r\n]/.test(path) ? undefined : path;
}

/** What the first double quote opens, up to the one that closes it. */
function readQuoted(text: string): string | undefined {
  let path = '';
  for (let start = text.indexOf('"') + 1; ; ) {
    const end = text.indexOf('"', start);
    if (end === -1) return undefined;
    path += text.slice(start, end);
    if (text.charAt(end + 1) !== '"') return path;
    path += '"';
    start = end + 2;
  }
}

import type { Reply } from './reply.ts';

/**
 * Reads the path of a 257, the answer to PWD and MKD. It is in double quotes, and a doubled quote within is one quote (RFC
 * 959 appendix II). Without quotes, the path is the first word. A path without its closing quote is not accepted.
 */
export function parseCurrentDirectory(reply: Reply): string | undefined {
  const text = textWithPath(reply);
  if (text === undefined) return undefined;
  return pathOrNone(text.includes('"') ? readQuoted(text) : text.trimStart().split(' ', 1)[0]);
}

/**
 * All paths that a 257 may mean, the most likely first. Pure-FTPd does not double the quotes within a path: there, `"6" x 9""`
 * means `6" x 9"`, but by the RFC it means `6`. If there are two readings, only the server knows which one it meant.
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

/** The text from the first double quote to the one that closes it. */
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

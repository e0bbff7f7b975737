import type { Reply } from './reply.ts';

/**
 * Reads the path of a 257, the answer to PWD and MKD: in double quotes, where a doubled one stands for one (RFC 959
 * appendix II); the first word where a server sends no quotes. A path that no quote closes is none.
 */
export function parseCurrentDirectory({ code, lines }: Reply): string | undefined {
  if (code !== 257) return undefined;
  const line = lines.find((text) => text.includes('"'));
  const path = line === undefined ? lines[0].trimStart().split(' ', 1)[0] : readQuoted(line);
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

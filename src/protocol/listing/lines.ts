import type { Buffer } from 'node:buffer';
import { encodeText } from '../../core/index.ts';

/** Enough for two TLS records, so that the cost of a write is shared by some hundred lines. */
const CHUNK_CHARACTERS = 32_768;

/**
 * The lines of a listing as bytes, each with its CRLF (RFC 959 section 3.1.1.1), gathered into chunks. A line that
 * holds CR, LF or NUL is left out: it would pass for two, and no command could name what it stands for.
 */
export async function* encodeListing(lines: AsyncIterable<string>): AsyncGenerator<Buffer, void, undefined> {
  let text = '';
  for await (const line of lines) {
    if (/[\0\r\n]/.test(line)) continue;
    text += `${line}\r\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield encodeText(text);
    text = '';
  }
  if (text !== '') yield encodeText(text);
}

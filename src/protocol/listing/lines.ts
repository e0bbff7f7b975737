import type { Buffer } from 'node:buffer';
import { encodeText } from '../../core/index.ts';

/** A listing begins with few lines, so that who waits for it sees them at once; then chunks grow. */
const FIRST_CHUNK_CHARACTERS = 1024;
/** The cost of a write is shared by some hundred lines. */
const CHUNK_CHARACTERS = 65_536;

/**
 * The lines of a listing, which come in batches, as bytes, each with its CRLF (RFC 959 section 3.1.1.1), gathered into chunks. A line that
 * holds CR, LF or NUL is left out: it would pass for two, and no command could name what it stands for.
 */
export async function* encodeListing(
  batches: AsyncIterable<readonly string[]>,
): AsyncGenerator<Buffer, void, undefined> {
  let text = '';
  let enough = FIRST_CHUNK_CHARACTERS;
  for await (const lines of batches) {
    for (const line of lines) {
      if (/[\0\r\n]/.test(line)) continue;
      text += `${line}\r\n`;
      if (text.length < enough) continue;
      yield encodeText(text);
      text = '';
      enough = CHUNK_CHARACTERS;
    }
  }
  if (text !== '') yield encodeText(text);
}

import type { Buffer } from 'node:buffer';
import { encodeText } from '../../core/index.ts';

/** The first chunk is small, so that a waiting user sees the first lines at once. */
const FIRST_CHUNK_CHARACTERS = 1024;
/** Later chunks hold hundreds of lines, so that each line costs only a fraction of a write. */
const CHUNK_CHARACTERS = 65_536;

/**
 * Encodes batches of lines as chunks of bytes, and ends each line with CRLF (RFC 959 section 3.1.1.1). It leaves out a line
 * that contains CR, LF or NUL: a client would see two entries, and no command could name the real one.
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

import { Buffer, isUtf8 } from 'node:buffer';

/**
 * Names on the wire and on disk are bytes; ours are strings. Valid UTF-8 becomes text (RFC 2640 section 3.1); every
 * byte that is not valid UTF-8 becomes a lone low surrogate U+DC80..U+DCFF, so that `encodeText` gives back exactly
 * the bytes that came.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString('utf8') : decodeDamaged(buffer);
}

/** The bytes of a string that `decodeText` made. */
export function encodeText(text: string): Buffer {
  return hasEscapedByte(text) ? encodeEscaped(text) : Buffer.from(text, 'utf8');
}

/** Whether the text stands for bytes that were not valid UTF-8, so that an API that takes strings would alter them. */
export function hasEscapedByte(text: string): boolean {
  return !text.isWellFormed();
}

function decodeDamaged(bytes: Buffer): string {
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + (bytes[index] ?? 0));
      index += 1;
    } else {
      text += bytes.toString('utf8', index, index + length);
      index += length;
    }
  }
  return text;
}

/** Length of the well-formed UTF-8 sequence at `index`, 0 where there is none. */
function sequenceLength(bytes: Buffer, index: number): number {
  const first = bytes[index] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || index + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(index, index + length)) ? length : 0;
}

function encodeEscaped(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isEscape = code >= 0xdc80 && code <= 0xdcff;
    parts.push(isEscape ? Buffer.of(code - 0xdc00) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

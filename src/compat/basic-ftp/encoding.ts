import { type Charset, charset } from '../../protocol/index.ts';

/** The encodings of text that Node's Buffer has. */
export type StringEncoding =
  | 'utf8'
  | 'ascii'
  | 'utf-8'
  | 'utf16le'
  | 'ucs2'
  | 'ucs-2'
  | 'base64'
  | 'latin1'
  | 'binary'
  | 'hex'
  | undefined;

/**
 * How names go over the wire. In UTF-8, the default, a name that is not valid UTF-8 keeps its bytes when it is sent back;
 * the others are Buffer's own.
 */
export function charsetOf(encoding: StringEncoding): Charset {
  if (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8') return charset('utf-8');
  return {
    decode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding),
    encode: (text) => Buffer.from(text, encoding),
  };
}

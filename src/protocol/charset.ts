import { Buffer } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { decodeText, encodeText } from '../core/index.ts';
import { type CharsetTables, charsetTables } from './charset-tables.ts';

/**
 * The charset in which a server writes text. Decoding loses nothing: each byte that has no character becomes a lone low
 * surrogate (U+DC80 to U+DCFF), and `encode` returns exactly the bytes that `decode` received.
 */
export interface Charset {
  readonly decode: (bytes: Uint8Array) => string;
  /** @throws CharsetFailure `unencodable` for a character that this charset has no bytes for. */
  readonly encode: (text: string) => Buffer;
}

/** `unknown`: there is no such charset, or FTP can't use it; `unencodable`: it has no bytes for a character. */
export type CharsetFailureCode = 'unknown' | 'unencodable';

export class CharsetFailure extends Error {
  override readonly name = 'CharsetFailure';
  readonly code: CharsetFailureCode;

  constructor(code: CharsetFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The charset of a label of the WHATWG Encoding Standard, in any case: `utf8`, `latin1`, `shift_jis`, ... Of those with
 * more than two bytes for a character (`gb18030`, `euc-jp`) only the shorter sequences are text, and others survive as
 * bytes. UTF-16 and ISO-2022-JP are no supersets of ASCII, which FTP's own words need.
 * @throws CharsetFailure `unknown`
 */
export function charset(label: string): Charset {
  const name = nameOf(label);
  if (name === 'utf-8') return UTF_8;
  const tables = charsetTables(name);
  if (tables === undefined) throw unknownCharset(label);
  return { decode: (bytes) => decodeBy(tables, bytes), encode: (text) => encodeBy(tables, text, name) };
}

const UTF_8: Charset = { decode: decodeText, encode: encodeText };
const FIRST_ESCAPE = 0xdc80;
const LAST_ESCAPE = 0xdcff;

/** The standard's own name for a label. */
function nameOf(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw unknownCharset(label, { cause });
  }
}

function unknownCharset(label: string, options?: ErrorOptions): CharsetFailure {
  const shown = JSON.stringify(label.slice(0, 40));
  return new CharsetFailure(
    'unknown',
    `No charset ${shown}; there are utf8, latin1, windows-1252, shift_jis, gbk, big5, euc-kr, koi8-r and others`,
    options,
  );
}

function decodeBy({ singles, pairs }: CharsetTables, bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    const single = singles[byte];
    const pair = single === undefined ? pairs.get(byte * 256 + (bytes[index + 1] ?? 0)) : undefined;
    if (pair !== undefined) index += 1;
    text += single ?? pair ?? String.fromCharCode(FIRST_ESCAPE - 0x80 + byte);
  }
  return text;
}

function encodeBy({ codes }: CharsetTables, text: string, name: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length * 2);
  let length = 0;
  for (const character of text) {
    const unit = character.charCodeAt(0);
    const code = unit >= FIRST_ESCAPE && unit <= LAST_ESCAPE ? unit - FIRST_ESCAPE + 0x80 : codes.get(character);
    if (code === undefined) throw unencodable(character, name);
    if (code > 0xff) bytes[length++] = code >> 8;
    bytes[length++] = code & 0xff;
  }
  return bytes.subarray(0, length);
}

function unencodable(character: string, name: string): CharsetFailure {
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return new CharsetFailure('unencodable', `The charset ${name} has no bytes for the character U+${code}`);
}

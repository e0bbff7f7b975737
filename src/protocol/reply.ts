import { Buffer } from 'node:buffer';
import { encodeText, hasEscapedByte } from '../core/index.ts';

/** One reply on the control connection (RFC 959 section 4.2): one line; or a first line, any number of lines, and a last one. */
export interface Reply {
  /** Three digits. */
  readonly code: number;
  /** The texts without the code. Formatting replaces control characters in them. */
  readonly lines: readonly [string, ...string[]];
  /** The lines hold a path for programs, so only characters that would end a line are replaced. */
  readonly isExact?: boolean;
}

/** A reply of one line. */
export function reply(code: number, text: string): Reply {
  return { code, lines: [text] };
}

/** A reply with a path that a program reads and sends back unchanged (RFC 959 appendix II, RFC 1123 section 4.1.2.9). */
export function replyWithPath(code: number, text: string): Reply {
  return { code, lines: [text], isExact: true };
}

/**
 * A reply of several lines. Each line within begins with one space. FEAT (RFC 2389 section 3.2) and MLST (RFC 3659 section
 * 7.2) require it, and it prevents that a client mistakes such a line for the last one (RFC 959 section 4.2).
 */
export function multiline(code: number, first: string, within: readonly string[], last: string): Reply {
  return { code, lines: [first, ...within, last] };
}

/** The bytes of a reply on the wire. */
export function formatReply({ code, lines, isExact = false }: Reply): Buffer {
  const last = lines.length - 1;
  const replaced = isExact ? LINE_ENDS : HARMFUL;
  // Most replies.
  if (last === 0) return formatLine(`${code} ${lines[0]}`, replaced);
  return Buffer.concat(
    lines.map((text, index) => {
      if (index === last) return formatLine(`${code} ${text}`, replaced);
      return formatLine(index === 0 ? `${code}-${text}` : ` ${text}`, replaced);
    }),
  );
}

/** The first line of a reply that is sent line by line, because it may not fit into memory. A `reply` must end it. */
export function formatFirstLine(code: number, text: string): Buffer {
  return formatLine(`${code}-${text}`, HARMFUL);
}

/** A line of a listing within a reply that is sent line by line. Its names are as exact as in any listing. */
export function formatInnerLine(text: string): Buffer {
  return formatLine(` ${text}`, LINE_ENDS);
}

/** A path as 257 and others show it: in double quotes, with a double quote inside doubled (RFC 959 appendix II). */
export function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

/**
 * Characters that end a line, drive a terminal, or turn the direction of text so that it reads as something else. A tab
 * is harmless, and so are the marks (U+200E, U+200F) that right-to-left names really hold.
 */
const HARMFUL = /[\0-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** Characters that no path contains. */
const LINE_ENDS = /[\0\r\n]/g;

function formatLine(text: string, replaced: RegExp): Buffer {
  const line = `${text.replace(replaced, '?')}\r\n`;
  // A byte 255 is in no UTF-8.
  return hasEscapedByte(line) ? doubleIac(encodeText(line)) : encodeText(line);
}

/**
 * The control connection is a Telnet stream, where a byte 255 of data is sent twice (RFC 854, RFC 3659 section 2.2).
 */
function doubleIac(bytes: Buffer): Buffer {
  if (!bytes.includes(0xff)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\xff', '\xff\xff'), 'latin1');
}

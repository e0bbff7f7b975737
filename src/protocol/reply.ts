import { Buffer } from 'node:buffer';
import { encodeText } from '../core/index.ts';

/** One answer on the control connection (RFC 959 section 4.2): one line, or a first, any number within, and a last. */
export interface Reply {
  /** Three digits. */
  readonly code: number;
  /** Texts without the code; control characters in them are replaced when the reply is formatted. */
  readonly lines: readonly [string, ...string[]];
  /** The lines within are written as they stand, without the leading space that they get otherwise. */
  readonly verbatim?: boolean;
}

/** A reply of one line. */
export function reply(code: number, text: string): Reply {
  return { code, lines: [text] };
}

/**
 * A reply of several lines; each line within begins with one space, as FEAT (RFC 2389 section 3.2) and MLST (RFC 3659
 * section 7.2) ask for and as HELP and STAT may have it.
 */
export function multiline(code: number, first: string, within: readonly string[], last: string): Reply {
  return { code, lines: [first, ...within, last] };
}

/** A reply of several lines whose inner ones have a form of their own (lines of a listing in STAT). */
export function verbatim(code: number, first: string, within: readonly string[], last: string): Reply {
  return { ...multiline(code, first, within, last), verbatim: true };
}

/** The bytes of a reply, as they go on the wire. */
export function formatReply({ code, lines, verbatim = false }: Reply): Buffer {
  const last = lines.length - 1;
  return Buffer.concat(
    lines.map((text, index) => {
      if (index === last) return formatLastLine(code, text);
      return index === 0 ? formatFirstLine(code, text) : formatInnerLine(text, { verbatim });
    }),
  );
}

/** The first line of a reply whose lines within are not all held in memory at once: `123-text`. */
export function formatFirstLine(code: number, text: string): Buffer {
  return formatLine(`${code}-${text}`);
}

/**
 * A line within a reply. A verbatim one that begins with a digit gets a space all the same: RFC 959 section 4.2 asks
 * for it, since the line could otherwise be taken for the last.
 */
export function formatInnerLine(text: string, { verbatim = false }: { readonly verbatim?: boolean } = {}): Buffer {
  return formatLine(verbatim && !/^\d/.test(text) ? text : ` ${text}`);
}

/** The last or only line of a reply: `123 text`. */
export function formatLastLine(code: number, text: string): Buffer {
  return formatLine(`${code} ${text}`);
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

function formatLine(text: string): Buffer {
  return doubleIac(encodeText(`${text.replace(HARMFUL, '?')}\r\n`));
}

/** The control connection is a Telnet stream, where a byte 255 of data is sent twice (RFC 854; RFC 3659 section 2.2). */
function doubleIac(bytes: Buffer): Buffer {
  if (!bytes.includes(0xff)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\xff', '\xff\xff'), 'latin1');
}

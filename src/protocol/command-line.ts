import { Buffer } from 'node:buffer';
import { decodeText } from '../core/index.ts';
import type { Charset } from './charset.ts';
import { SyntaxFailure } from './syntax/syntax.ts';

/** One command as the peer sent it. Its argument is not parsed yet. */
export interface CommandLine {
  /** Upper-case ASCII, 1 to 8 letters and digits. */
  readonly verb: string;
  /**
   * The text after the first space behind the verb. Further spaces at either end belong to it (RFC 2640 section 3.1).
   * Empty if there is no space.
   */
  readonly argument: string;
}

/** Why a line is no command. The text may be sent to the peer, because it repeats nothing that the peer sent. */
export interface Malformed {
  readonly malformed: string;
}

export function isMalformed(line: CommandLine | Malformed): line is Malformed {
  return 'malformed' in line;
}

/** Reads one line (RFC 959 section 5.3.1, RFC 2640 section 3.1): a verb, and after one space its argument. */
export function parseCommandLine(line: Buffer): CommandLine | Malformed {
  if (line.length === 0) return { malformed: 'Empty command line' };
  // A character for each byte: it is looked at several times, and a text costs less then than a buffer.
  const text = line.toString('latin1');
  if (FORBIDDEN.test(text)) return { malformed: noLineBreaks };
  const space = text.indexOf(' ');
  const end = space === -1 ? line.length : space;
  const verb = readVerb(text.slice(0, end));
  if (verb === undefined) return { malformed: 'Not a command' };
  return { verb, argument: decodeText(line.subarray(end + 1)) };
}

/**
 * The bytes of one command with its line end. A client sends every command through this function, so that no argument can
 * end or cut the line (CVE-2026-39983, GHSA-6v7q-wjvx-w8wg). A byte 255 is doubled, because the control connection is a
 * Telnet stream (RFC 854).
 * @throws SyntaxFailure for NUL, CR and LF; the failure of the charset for a character that it cannot encode
 */
export function formatCommandLine(line: string, { encode }: Charset): Buffer {
  if (FORBIDDEN.test(line)) throw new SyntaxFailure(501, noLineBreaks);
  const bytes = encode(line);
  const doubled = bytes.includes(0xff)
    ? Buffer.from(bytes.toString('latin1').replaceAll('\xff', '\xff\xff'), 'latin1')
    : bytes;
  return Buffer.concat([doubled, LINE_END]);
}

/**
 * Whether the line is the beginning or a header of an HTTP request. An attacker can make a browser send one to an FTP
 * server (ALPACA, cross-protocol scripting), and the connection then ends. No FTP command has such a verb or contains a colon.
 */
export function looksLikeHttp(line: Buffer): boolean {
  return HTTP.test(line.toString('latin1', 0, MAX_HEADER_NAME_BYTES));
}

const noLineBreaks = 'A command may not hold NUL, CR or LF';
const LINE_END = Buffer.from('\r\n');
const FORBIDDEN = /[\0\r\n]/;
const MAX_HEADER_NAME_BYTES = 128;
const HTTP = /^(?:(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|CONNECT|PATCH|TRACE|PRI)(?: |$)|[!#-'*+.^_`|~\w-]+:)/i;

/** The longest verb that is accepted. The longest existing one has 7 letters. */
const MAX_VERB_BYTES = 8;
/**
 * Bytes of Telnet's IP and DM before the verb. Clients send a part of `IAC IP IAC DM ABOR` as urgent data, so an IAC is
 * missing from the stream (RFC 959 section 4.1.3 under ABOR; lftp sends the first IAC as urgent data).
 */
const STRANDED = /^[\xf2\xf4]+/;
const VERB = /^[A-Z][A-Z0-9]*$/;

function readVerb(written: string): string | undefined {
  const text = written.slice(0, 2 * MAX_VERB_BYTES).replace(STRANDED, '');
  if (text.length > MAX_VERB_BYTES || !/^[\x21-\x7e]+$/.test(text)) return undefined;
  const verb = text.toUpperCase();
  return VERB.test(verb) ? verb : undefined;
}

import { type Reply, reply } from '../reply.ts';
import { formatMode } from '../syntax/changed-facts.ts';
import { type Syntax, SyntaxFailure } from '../syntax/syntax.ts';
import { formatTime, parseTime } from '../syntax/time.ts';
import { BundleFailure } from './frames.ts';

/** What a `head` frame says of the file or directory that it begins, or asks for. */
export interface ItemHead {
  readonly path: string;
  /** Whether it is a directory; else it is a file. */
  readonly isDirectory?: true;
  /** Bytes of the whole file. */
  readonly size?: number;
  /** When the file was last changed. */
  readonly modified?: Date;
  /** POSIX permission bits. */
  readonly mode?: number;
  /** The byte of the file that the content begins at. */
  readonly start?: number;
  /** Of a request: a file of more bytes is not wanted. */
  readonly most?: number;
}

/** How a file ended: its sender has given all of it, or says why it has not. */
export type ItemEnd = { readonly sha256: string } | { readonly failure: Reply };

/** What became of a stored file. */
export interface ItemResult {
  readonly reply: Reply;
  /** The file as it stands now: a line of facts as in MLST (RFC 3659 section 7.2). */
  readonly facts?: string;
  /** Why it did not get the time or the mode of its head. */
  readonly unset?: Reply;
}

type Facts = Omit<ItemHead, 'path'>;

/** Facts, one space, a path: as in MLST. Facts that are not known are passed over. */
export const itemHead: Syntax<ItemHead> = {
  parse(text) {
    const space = text.indexOf(' ');
    const path = text.slice(space + 1);
    if (space === -1 || path === '') throw new SyntaxFailure(501, 'Expected facts, a space and a path');
    let facts: Facts = {};
    for (const fact of text.slice(0, space).split(';')) {
      const equals = fact.indexOf('=');
      if (equals > 0) facts = { ...facts, ...readFact(fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1)) };
    }
    return { ...facts, path };
  },
  format({ isDirectory, size, modified, mode, start, most, path }) {
    let facts = '';
    if (isDirectory) facts += 'Type=dir;';
    if (size !== undefined) facts += `Size=${size};`;
    if (modified !== undefined) facts += `Modify=${formatTime(modified)};`;
    if (mode !== undefined) facts += `UNIX.mode=${formatMode(mode)};`;
    if (start !== undefined) facts += `Rest=${start};`;
    if (most !== undefined) facts += `Most=${most};`;
    return `${facts} ${path}`;
  },
};

/** `SHA-256=` and 64 hexadecimal digits, or a code and a text. @throws BundleFailure */
export function parseItemEnd(text: string): ItemEnd {
  const [, sha256] = /^SHA-256=([0-9a-f]{64})$/.exec(text) ?? [];
  return sha256 === undefined ? { failure: parseStatus(text) } : { sha256 };
}

export function formatItemEnd(end: ItemEnd): string {
  return 'failure' in end ? formatStatus(end.failure) : `SHA-256=${end.sha256}`;
}

/** A line with the outcome; behind it, each where there is one, a line that begins with a space, and one that does not. @throws BundleFailure */
export function parseItemResult(text: string): ItemResult {
  const [first = '', ...more] = text.split('\r\n');
  const facts = more.find((line) => line.startsWith(' '));
  const unset = more.find((line) => line !== '' && !line.startsWith(' '));
  return {
    reply: parseStatus(first),
    ...(facts !== undefined && { facts: facts.slice(1) }),
    ...(unset !== undefined && { unset: parseStatus(unset) }),
  };
}

export function formatItemResult({ reply, facts, unset }: ItemResult): string {
  const lines = [formatStatus(reply)];
  if (facts !== undefined) lines.push(` ${facts}`);
  if (unset !== undefined) lines.push(formatStatus(unset));
  return lines.join('\r\n');
}

/** The number of items, in digits. @throws BundleFailure */
export function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new BundleFailure('The end of the bundle has no count');
  return Number(text);
}

/** A code of an outcome, one space, a text. */
function parseStatus(line: string): Reply {
  const [, code, text = ''] = /^([245]\d\d) ([^\r\n]*)$/.exec(line) ?? [];
  if (code === undefined) throw new BundleFailure('An outcome has no code');
  return reply(Number(code), text);
}

function formatStatus({ code, lines }: Reply): string {
  return `${code} ${lines
    .join(' ')
    .replace(/[\0\r\n]/g, '?')
    .slice(0, MAX_STATUS_CHARACTERS)}`;
}

/** So that two of them and a line of facts are no longer than a frame may be. */
const MAX_STATUS_CHARACTERS = 500;

function readFact(name: string, value: string): Facts {
  switch (name) {
    case 'type':
      return readType(value);
    case 'size':
      return { size: readCount(value) };
    case 'modify':
      return { modified: parseTime(value) };
    case 'unix.mode':
      return { mode: readMode(value) };
    case 'rest':
      return { start: readCount(value) };
    case 'most':
      return { most: readCount(value) };
    default:
      return {};
  }
}

function readType(value: string): Facts {
  const type = value.toLowerCase();
  if (type !== 'dir' && type !== 'file') throw new SyntaxFailure(501, 'Expected Type=file or Type=dir');
  return type === 'dir' ? { isDirectory: true } : {};
}

function readCount(digits: string): number {
  const count = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw new SyntaxFailure(501, 'Expected a number of bytes: digits only');
  return count;
}

function readMode(digits: string): number {
  if (!/^0?[0-7]{3}$/.test(digits)) throw new SyntaxFailure(501, 'Expected a mode of three octal digits');
  return Number.parseInt(digits, 8);
}

import { FileInfo, FileType, type UnixPermissions } from './file-info.ts';

/** One word of a line, and where it ends. */
interface ListingField {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * A line of `ls -l`: `-rw-r--r--   1 owner    group   1057 Dec 11 14:35 name`. How many words stand before the size
 * varies, so the first date behind a number is looked for; what it means is left to the caller, since it is in no
 * certain zone and may lack its year.
 */
export function readUnixLine(line: string): FileInfo | undefined {
  const [head, letter = '', mode = ''] = MODE.exec(line) ?? [];
  if (head === undefined) return undefined;
  const words = wordsOf(line, head.length);
  const dateAt = words.findIndex((_, index) => index >= 2 && isSize(words[index - 1]) && isDate(words, index));
  const dayEnd = words[dateAt + (isNumericDate(words[dateAt]) ? 0 : 1)];
  const clock = words[dateAt + (isNumericDate(words[dateAt]) ? 1 : 2)];
  if (dateAt === -1 || !dayEnd || !clock) return undefined;

  const [links, ...owners] = words.slice(0, dateAt - 1);
  const file = new FileInfo(line.slice(clock.end + 1));
  file.type = TYPES[letter] ?? FileType.Unknown;
  file.permissions = permissionsOf(bitsOf(mode));
  file.hardLinkCount = Number(links?.text);
  file.size = Number.parseInt(sizeWord(words, dateAt), 10);
  readOwners(file, owners);
  file.rawModifiedAt = `${line.slice(words[dateAt]?.start, dayEnd.end)} ${clock.text}`;
  readLink(file);
  return file;
}

/** Owner, group and others of permission bits. */
export function permissionsOf(mode: number): UnixPermissions {
  return { user: (mode >> 6) & 7, group: (mode >> 3) & 7, world: mode & 7 };
}

/** What `ls -i` or `ls -s` puts before it, kind, nine letters, and a mark of an access list. */
const MODE = /^[\s\d]*([bcdeflmpSs-])([-r][-w][-xsStTlL][-r][-w][-xsStTlL][-r][-w][-xsStTlL])[+.@]?/;

const TYPES: { readonly [letter: string]: FileType } = {
  d: FileType.Directory,
  // An external link of z/OS.
  e: FileType.SymbolicLink,
  l: FileType.SymbolicLink,
  b: FileType.File,
  c: FileType.File,
  f: FileType.File,
  '-': FileType.File,
};

function wordsOf(line: string, from: number): ListingField[] {
  const words: ListingField[] = [];
  const pattern = /\S+/g;
  pattern.lastIndex = from;
  for (let match = pattern.exec(line); match && words.length < maxWords; match = pattern.exec(line)) {
    words.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return words;
}

/** More than owner, group and date have in any listing; the name needs no words. */
const maxWords = 30;

function isSize(word: ListingField | undefined): boolean {
  return word !== undefined && /^\d+(?:,\d+)?$/.test(word.text);
}

function isDate(words: readonly ListingField[], index: number): boolean {
  const [first, second, third] = words.slice(index, index + 3).map(({ text }) => text);
  if (first === undefined || second === undefined) return false;
  if (isNumericDate(words[index])) return isClock(second);
  const isMonthAndDay = /^\S{3}$/.test(first) && /^\d{1,2}$/.test(second);
  const isDayAndMonth = /^\d{1,2}$/.test(first) && /^\S{3}$/.test(second);
  const isJapanese = /^\d{1,2}月$/.test(first) && /^\d{1,2}日$/.test(second);
  return (isMonthAndDay || isDayAndMonth || isJapanese) && third !== undefined && isClock(third);
}

function isNumericDate(word: ListingField | undefined): boolean {
  return word !== undefined && /^\d+[-/]\d+[-/]\d+$/.test(word.text);
}

/** A time of day, or a year. */
function isClock(text: string): boolean {
  return /^(?:\d{1,2}:\d\d|\d{4,5})$/.test(text) || /^\d{4}年$/.test(text);
}

/** Of a device two numbers stand there, and the first is taken. */
function sizeWord(words: readonly ListingField[], dateAt: number): string {
  const before = words[dateAt - 2]?.text ?? '';
  return before.endsWith(',') ? before : (words[dateAt - 1]?.text ?? '');
}

function readOwners(file: FileInfo, words: readonly ListingField[]): void {
  const names = words.at(-1)?.text.endsWith(',') ? words.slice(0, -1) : words;
  const [owner, ...group] = names.map(({ text }) => text);
  if (owner !== undefined) file.user = owner;
  if (group.length > 0) file.group = group.join(' ');
}

function readLink(file: FileInfo): void {
  const arrow = file.isSymbolicLink ? file.name.indexOf(' -> ') : -1;
  if (arrow === -1) return;
  file.link = file.name.slice(arrow + 4);
  file.name = file.name.slice(0, arrow);
}

/** Lower-case `s` and `t` stand for an execute bit too. */
function bitsOf(mode: string): number {
  return Array.from(mode).reduce((bits, letter) => bits * 2 + ('rwxstl'.includes(letter) ? 1 : 0), 0);
}

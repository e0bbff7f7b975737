import type { ListedEntry } from '../listed-entry.ts';
import type { ServerTime } from '../server-time.ts';
import { type FoundDate, findUnixDate, findUnreadDate } from '../unix-date.ts';
import { readCount, type Word, wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * `ls -l` and its imitations: `-rw-r--r--   1 owner    group        5 Jan 02 15:04 name`. The columns between the mode and
 * the size vary: the group or the count of links is missing, the owner has several words, a device has two numbers, a
 * Macintosh shows forks. So the date is found first, and the other columns are read from there.
 */
export const unix: Dialect = { name: 'unix', open: (time) => (line) => readLine(line, time) };

type Kind = ListedEntry['kind'];

const KINDS: Readonly<Record<string, Kind>> = {
  '-': 'file',
  f: 'file',
  d: 'directory',
  l: 'link',
  b: 'other',
  c: 'other',
  p: 'other',
  s: 'other',
  D: 'other',
};
/**
 * The kind, nine letters of permissions, and a mark such as that of an access control list. Some servers omit the last
 * letter.
 */
const MODE = /^[-fdlbcpsD](?:[-r][-w][-xsSlLtT]){2}[-r][-w][-xsSlLtT]?[+.@]?/;

function readLine(line: string, time: ServerTime): Reading {
  const [mode] = MODE.exec(line) ?? [];
  if (mode === undefined) return isSum(line) ? 'known' : 'foreign';
  const words = wordsOf(line, mode.length);
  const found = findDate(words, time);
  if (found === undefined) return 'foreign';
  const { nameStart, index, ...stamp } = found;
  const kind = KINDS[mode.charAt(0)] ?? 'other';
  return {
    ...readName(line.slice(nameStart), kind),
    kind,
    mode: readMode(mode),
    ...readOwners(words.slice(0, index).map(({ text }) => text)),
    ...stamp,
  };
}

type Ways = readonly ((words: readonly Word[], index: number, time: ServerTime) => FoundDate | undefined)[];

/** The most certain way comes first. A weaker one is tried only if no word of the line fits a stronger one. */
const WAYS: Ways = [
  (words, index, time) => (isSize(words[index - 1]) ? findUnixDate(words, index, time) : undefined),
  (words, index) => (isSize(words[index - 1]) ? findUnreadDate(words, index) : undefined),
  // A long group leaves no space before the size.
  (words, index, time) =>
    /\p{L}\d+$/u.test(words[index - 1]?.text ?? '') ? findUnixDate(words, index, time) : undefined,
  withoutDate,
];

function findDate(words: readonly Word[], time: ServerTime): (FoundDate & { readonly index: number }) | undefined {
  for (const way of WAYS) {
    for (let index = 1; index < words.length; index += 1) {
      const date = way(words, index, time);
      if (date !== undefined) return { ...date, index };
    }
  }
  return undefined;
}

/** Reads `links owner group size name`. The name must be a single word, or it might contain parts of a date. */
function withoutDate(words: readonly Word[], index: number): FoundDate | undefined {
  const name = words[index];
  if (index !== 4 || words.length !== 5 || name === undefined) return undefined;
  return [words[0], words[3]].every((word) => readCount(word?.text) !== undefined)
    ? { nameStart: name.start }
    : undefined;
}

/** Whether a line is `total 12`, in any language. */
function isSum(line: string): boolean {
  return /^\p{L}+ \d+$/u.test(line);
}

/** A size is a number, a number with a unit such as `1.5M`, or the two numbers of a device in one word. */
function isSize(word: Word | undefined): boolean {
  return word !== undefined && /^\d+(?:,\d+|(?:\.\d+)?[kMGT])?$/i.test(word.text);
}

/** Reads the columns before the date: `[links] [owner [group]] size`. The group may consist of several words. */
function readOwners(words: readonly string[]): Pick<ListedEntry, 'size' | 'owner' | 'group'> {
  const before = words.slice(0, -1);
  const size = readCount(words.at(-1));
  // NetPresenz on a Macintosh shows the resource fork, the data fork and their sum, or the number of entries in a folder.
  const isMacintoshFile = before.length === 2 && Number(before[0]) + Number(before[1]) === size;
  if (isMacintoshFile) return { size };
  if (before.length === 1 && before[0] === 'folder') return {};

  const isDevice = before.at(-1)?.endsWith(',') === true;
  const named = before.slice(readCount(before[0]) === undefined ? 0 : 1, isDevice ? -1 : undefined);
  const [owner, ...group] = named;
  return {
    ...(size !== undefined && !isDevice && { size }),
    ...(owner !== undefined && { owner }),
    ...(group.length > 0 && { group: group.join(' ') }),
  };
}

function readName(text: string, kind: Kind): Pick<ListedEntry, 'name' | 'target'> {
  const arrow = kind === 'link' ? text.indexOf(' -> ') : -1;
  return arrow === -1 ? { name: text } : { name: text.slice(0, arrow), target: text.slice(arrow + 4) };
}

/** `s` and `t` stand for the execute bit and a special bit. `S`, `T`, `l` and `L` stand for the special bit alone. */
function readMode(mode: string): number {
  let bits = 0;
  for (const [index, letter] of Array.from(mode.slice(1, 10)).entries()) {
    const bit = 0o400 >> index;
    if ('rwxst'.includes(letter)) bits |= bit;
    if ('sStTlL'.includes(letter)) bits |= 0o4000 >> Math.floor(index / 3);
  }
  return bits;
}

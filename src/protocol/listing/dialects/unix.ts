import type { ListedEntry } from '../listed-entry.ts';
import type { ServerTime } from '../server-time.ts';
import { type FoundDate, findUnixDate, findUnreadDate } from '../unix-date.ts';
import { readCount, type Word, wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * `ls -l`, and what imitates it: `-rw-r--r--   1 owner    group        5 Jan 02 15:04 name`. What stands between the mode
 * and the size varies (no group, no links, owners of several words, two numbers of a device, the forks of a Macintosh),
 * so the date is found first and the rest is read from there.
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
 * Kind, nine letters of permissions, of which the last is missing in some, and a mark of an access control list or the
 * like.
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

/** The surest first: what tells less is tried only where nothing in the line tells more. */
const WAYS: Ways = [
  (words, index, time) => (isSize(words[index - 1]) ? findUnixDate(words, index, time) : undefined),
  (words, index) => (isSize(words[index - 1]) ? findUnreadDate(words, index) : undefined),
  // The group is so long that the size stands right behind it.
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

/** `links owner group size name`, where the name is one word, so that no part of a date is in it. */
function withoutDate(words: readonly Word[], index: number): FoundDate | undefined {
  const name = words[index];
  if (index !== 4 || words.length !== 5 || name === undefined) return undefined;
  return [words[0], words[3]].every((word) => readCount(word?.text) !== undefined)
    ? { nameStart: name.start }
    : undefined;
}

/** `total 12`, in any language. */
function isSum(line: string): boolean {
  return /^\p{L}+ \d+$/u.test(line);
}

/** A number, the two of a device in one word, or thousands and more by their letter. */
function isSize(word: Word | undefined): boolean {
  return word !== undefined && /^\d+(?:,\d+|(?:\.\d+)?[kMGT])?$/i.test(word.text);
}

/** What stands before the date: `[links] [owner [group]] size`, a group being all that is left. */
function readOwners(words: readonly string[]): Pick<ListedEntry, 'size' | 'owner' | 'group'> {
  const before = words.slice(0, -1);
  const size = readCount(words.at(-1));
  // NetPresenz on a Macintosh: the resource fork, the data fork and their sum, or the number of entries in a folder.
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

/** Bits of the nine letters; `s`, `t` and `l` stand for an execute bit and a special one, upper case for the latter alone. */
function readMode(mode: string): number {
  let bits = 0;
  for (const [index, letter] of Array.from(mode.slice(1, 10)).entries()) {
    const bit = 0o400 >> index;
    if ('rwxst'.includes(letter)) bits |= bit;
    if ('sStTlL'.includes(letter)) bits |= 0o4000 >> Math.floor(index / 3);
  }
  return bits;
}

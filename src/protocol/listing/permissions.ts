import type { Entry, Right } from '../../core/index.ts';

/** The right behind each letter of `perm` (RFC 3659 section 7.5.5). Links have the letters of files. */
const FILE_LETTERS: readonly (readonly [letter: string, right: Right])[] = [
  ['a', 'append'],
  ['d', 'delete'],
  ['f', 'rename'],
  ['r', 'download'],
  ['w', 'overwrite'],
];
const DIRECTORY_LETTERS: readonly (readonly [letter: string, right: Right])[] = [
  ['c', 'upload'],
  ['d', 'delete'],
  ['e', 'list'],
  ['f', 'rename'],
  ['l', 'list'],
  ['m', 'make-directory'],
  ['p', 'delete'],
];

/** The letters of commands that move or remove the entry itself. */
const OF_THE_ENTRY: ReadonlySet<string> = new Set(['d', 'f']);

/**
 * Formats the `perm` fact: a letter for each kind of command that the account may apply to the entry (RFC 3659 section
 * 7.5.5).
 * @param stays true if the entry can't be removed or renamed
 */
export function formatPermissions(kind: Entry['kind'], allows: (right: Right) => boolean, stays = false): string {
  let letters = '';
  for (const [letter, right] of kind === 'directory' ? DIRECTORY_LETTERS : FILE_LETTERS) {
    if (allows(right) && !(stays && OF_THE_ENTRY.has(letter))) letters += letter;
  }
  return letters;
}

/** A word of a line. */
export interface Word {
  readonly text: string;
  /** Where it begins and ends in the line. */
  readonly start: number;
  readonly end: number;
}

/** More words than stand before the name in any dialect, owners and groups of several words included. */
const MOST_WORDS = 24;

/** The first words of a line, from `position` on, parted by spaces and tabs. */
export function wordsOf(line: string, position = 0): Word[] {
  const words: Word[] = [];
  const word = /[^ \t]+/g;
  word.lastIndex = position;
  for (let match = word.exec(line); match !== null && words.length < MOST_WORDS; match = word.exec(line)) {
    words.push({ text: match[0], start: match.index, end: word.lastIndex });
  }
  return words;
}

/** A whole number of bytes that can be counted exactly, undefined for any other text. */
export function readCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : undefined;
}

/** A word of a line. */
export interface Word {
  readonly text: string;
  /** The index of its first character in the line. `end` is the index after its last one. */
  readonly start: number;
  readonly end: number;
}

/** No dialect has as many words before the name, even if owner and group consist of several words. */
const MOST_WORDS = 24;

/** Splits the beginning of a line, from `position` on, at spaces and tabs. */
export function wordsOf(line: string, position = 0): Word[] {
  const words: Word[] = [];
  const word = /[^ \t]+/g;
  word.lastIndex = position;
  for (let match = word.exec(line); match !== null && words.length < MOST_WORDS; match = word.exec(line)) {
    words.push({ text: match[0], start: match.index, end: word.lastIndex });
  }
  return words;
}

/** Reads a whole number that a `number` holds exactly. Returns undefined for any other text. */
export function readCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : undefined;
}

import { UsageError } from '../usage-error.ts';

/** A word of a typed line. */
export interface ShellWord {
  /** What it means: without its quotes. */
  readonly text: string;
  /** The same as a pattern: `\` stands before each character that would be special there and was quoted. */
  readonly pattern: string;
  /** As it was typed. */
  readonly raw: string;
}

type Quote = "'" | '"' | undefined;

/** A line as far as it was typed. */
export interface TypedLine {
  readonly words: readonly ShellWord[];
  /** Whether the end of the line belongs to the last word. */
  readonly isInWord: boolean;
  /** The quote in which the line ends. */
  readonly quote: Quote;
}

/**
 * The words of a line: spaces part them; `'...'` takes everything as it is, `"..."` all but `\"` and `\\`; elsewhere `\`
 * takes the next character as it is; `#` at the beginning of a word makes the rest a comment.
 * @throws UsageError for a quote that is not closed
 */
export function wordsOf(line: string): readonly ShellWord[] {
  const { words, quote } = readLine(line);
  if (quote) throw new UsageError(`The quote ${quote} is not closed`);
  return words;
}

/** The same of a line that may go on. */
export function readLine(line: string): TypedLine {
  const words: ShellWord[] = [];
  let word: ShellWord | undefined;
  let quote: Quote;
  const add = (text: string, raw: string, isQuoted: boolean): void => {
    const pattern = isQuoted ? text.replace(/[*?[\]\\]/g, '\\$&') : text;
    word = {
      text: `${word?.text ?? ''}${text}`,
      pattern: `${word?.pattern ?? ''}${pattern}`,
      raw: `${word?.raw ?? ''}${raw}`,
    };
  };
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    const next = line.charAt(index + 1);
    if (character === quote) {
      quote = undefined;
      add('', character, true);
    } else if (character === '\\' && (quote === undefined || (quote === '"' && /["\\]/.test(next)))) {
      add(next, character + next, true);
      index += 1;
    } else if (quote) {
      add(character, character, true);
    } else if (character === "'" || character === '"') {
      quote = character;
      add('', character, true);
    } else if (/\s/.test(character)) {
      if (word) words.push(word);
      word = undefined;
    } else if (character === '#' && !word) {
      return { words, isInWord: false, quote };
    } else {
      add(character, character, false);
    }
  }
  return { words: word ? [...words, word] : words, isInWord: word !== undefined, quote };
}

/** The text as it has to be typed behind what opened this quote, to be taken as it is. */
export function quoted(text: string, quote: Quote): string {
  if (quote === "'") return text.replaceAll("'", `'\\''`);
  if (quote === '"') return text.replace(/["\\]/g, '\\$&');
  return text.replace(/[\s'"\\*?[\]#]/g, '\\$&');
}

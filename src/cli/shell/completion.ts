import { printable } from '../../core/index.ts';
import { quoted, readLine, type ShellWord } from './words.ts';

/** What a word of a command stands for. */
export type WordKind = 'remote' | 'remote-directory' | 'local' | 'local-directory' | 'command';

/** A name that a word may go on with. */
export interface KnownName {
  readonly name: string;
  /** A link may lead to a directory. */
  readonly kind: 'file' | 'directory' | 'link';
}

/** Where names come from. */
export interface CompletionSource {
  readonly commands: readonly string[];
  /** What the words behind a command stand for, of which the last repeats; none for an unknown command. */
  kinds(command: string): readonly WordKind[];
  /** The options of a command, as `--long`. */
  options(command: string): readonly string[];
  /** The names of a directory, on either side; `''` is the current one. None where it can't be listed. */
  names(side: 'remote' | 'local', directory: string): Promise<readonly KnownName[]>;
}

/** What the line may go on with: each candidate replaces `typed`, with which it begins. */
export interface Completion {
  readonly candidates: readonly string[];
  readonly typed: string;
}

/** Completes the last word of a line. Names that can't be typed, as they hold control characters, are left out. */
export async function complete(line: string, source: CompletionSource): Promise<Completion> {
  const { words, isInWord, quote } = readLine(line);
  const word: ShellWord = (isInWord ? words.at(-1) : undefined) ?? { text: '', pattern: '', raw: '' };
  const before = isInWord ? words.slice(0, -1) : words;
  const [command] = before;
  const goOn = (name: string, known: number, end: string): string =>
    `${word.raw}${quoted(name.slice(known), quote)}${end}`;
  const ofList = (names: readonly string[]): Completion => ({
    typed: word.raw,
    candidates: names
      .filter((name) => name.startsWith(word.text))
      .map((name) => goOn(name, word.text.length, `${quote ?? ''} `)),
  });
  if (!command) return ofList(source.commands);
  if (word.text.startsWith('-')) return ofList(source.options(command.text));
  const kind = kindAt(source.kinds(command.text), before.slice(1));
  if (!kind) return { candidates: [], typed: word.raw };
  if (kind === 'command') return ofList(source.commands);

  const slash = word.text.lastIndexOf('/') + 1;
  const prefix = word.text.slice(slash);
  const [side] = kind.split('-') as ['remote' | 'local'];
  const names = await source.names(side, word.text.slice(0, slash));
  const candidates = names
    .filter(({ kind: found }) => found !== 'file' || !kind.endsWith('-directory'))
    .filter(({ name }) => name.startsWith(prefix) && printable(name) === name)
    .filter(({ name }) => prefix !== '' || !name.startsWith('.'))
    .map(({ name, kind: found }) => goOn(name, prefix.length, found === 'directory' ? '/' : `${quote ?? ''} `));
  return { candidates: candidates.sort(), typed: word.raw };
}

function kindAt(kinds: readonly WordKind[], before: readonly ShellWord[]): WordKind | undefined {
  const operands = before.filter(({ text }) => !text.startsWith('-')).length;
  return kinds[operands] ?? kinds.at(-1);
}

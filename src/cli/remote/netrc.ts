import { UsageError } from '../usage-error.ts';

/** One `machine` of a .netrc; no host: the `default`, for every other one. */
export interface NetrcEntry {
  readonly host: string | undefined;
  readonly login?: string;
  readonly password?: string;
  readonly account?: string;
}

/**
 * Reads a .netrc, as ftp(1) has it: words of `machine`, `default`, `login`, `password`, `account` and `macdef`, which goes
 * to the next empty line and is left out. A word may stand in double quotes, with `\` before a character of its own; a line
 * that begins with `#` is a comment.
 * @throws UsageError with the number of the line; no word of the file is shown, as it may be a password
 */
export function parseNetrc(text: string): readonly NetrcEntry[] {
  const words = wordsOf(text);
  const entries: NetrcEntry[] = [];
  for (let word = words.next(); word; word = words.next()) {
    const last = entries.at(-1);
    switch (word.text) {
      case 'machine':
        entries.push({ host: words.value(word).toLowerCase() });
        break;
      case 'default':
        entries.push({ host: undefined });
        break;
      case 'login':
      case 'password':
      case 'account':
        if (!last) throw mistake(word.line, `"${word.text}" before the first "machine"`);
        entries[entries.length - 1] = { ...last, [word.text]: words.value(word) };
        break;
      case 'macdef':
        words.skipMacro();
        break;
      default:
        throw mistake(word.line, 'expected machine, default, login, password, account or macdef');
    }
  }
  return entries;
}

/** The first entry for the host, and for the user where one is wanted; else the default. */
export function findLogin(entries: readonly NetrcEntry[], host: string, user?: string): NetrcEntry | undefined {
  return entries.find(
    (entry) =>
      (entry.host === undefined || entry.host === host.toLowerCase()) && (user === undefined || entry.login === user),
  );
}

interface NetrcToken {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

function wordsOf(text: string) {
  const lines = text.split(/\r?\n/).map((line) => (line.trimStart().startsWith('#') ? '' : line));
  let line = 0;
  let rest = lines[0] ?? '';
  function next(): NetrcToken | undefined {
    for (;;) {
      rest = rest.trimStart();
      if (rest !== '') break;
      line += 1;
      const following = lines[line];
      if (following === undefined) return undefined;
      rest = following;
    }
    const [raw = ''] = /^(?:"(?:[^"\\]|\\.)*"|[^\s"]\S*)/.exec(rest) ?? [];
    if (raw === '') throw mistake(line + 1, 'a quote that is not closed');
    rest = rest.slice(raw.length);
    return { text: raw.startsWith('"') ? raw.slice(1, -1).replace(/\\(.)/g, '$1') : raw, line: line + 1 };
  }
  return {
    next,
    value({ text, line }: NetrcToken): string {
      const word = next();
      if (!word) throw mistake(line, `"${text}" without its value`);
      return word.text;
    },
    skipMacro(): void {
      do line += 1;
      while (lines[line] !== undefined && lines[line]?.trim() !== '');
      rest = '';
    },
  };
}

function mistake(line: number, what: string): UsageError {
  return new UsageError(`.netrc, line ${line}: ${what}`);
}

import { appendFile, chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { localError } from '../local-error.ts';

/** How many lines are kept. */
export const MAX_HISTORY = 1000;
/** Longer lines are not kept. */
const MAX_LINE = 4096;

/** What was typed in shells, kept in a file that is the user's alone. */
export class History {
  /** The newest first. */
  lines: readonly string[];
  readonly #file: string;

  private constructor(file: string, lines: readonly string[]) {
    this.#file = file;
    this.lines = lines;
  }

  /** Reads the file, and makes it where it is missing. @throws LocalError */
  static async open(file: string): Promise<History> {
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await appendFile(file, '', { mode: 0o600 });
      await chmod(file, 0o600);
      const all = (await readFile(file, 'utf8')).split('\n').filter((line) => mayKeep(line));
      const kept = all.slice(-MAX_HISTORY);
      if (all.length > 2 * MAX_HISTORY) await replace(file, kept);
      return new History(file, kept.toReversed());
    } catch (error) {
      throw localError(file, error);
    }
  }

  /** Keeps a line, unless it is the same as the last one, begins with a space or may hold a password. */
  async add(typed: string): Promise<void> {
    const line = typed.trimEnd();
    if (!mayKeep(line) || line === this.lines[0]) return;
    this.lines = [line, ...this.lines].slice(0, MAX_HISTORY);
    try {
      await appendFile(this.#file, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      throw localError(this.#file, error);
    }
  }
}

/** Whether a line may stand in a file: what may hold a password, such as `site pswd` and URLs, may not. */
export function mayKeep(line: string): boolean {
  if (line.trim() === '' || line.startsWith(' ') || line.length > MAX_LINE) return false;
  return !/\p{Cc}|pass|pswd|secret|:\/\/[^\s/@]*:[^\s@]*@/iu.test(line);
}

async function replace(file: string, lines: readonly string[]): Promise<void> {
  await writeFile(`${file}.new`, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

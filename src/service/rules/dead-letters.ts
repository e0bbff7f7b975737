import { readFile } from 'node:fs/promises';
import { appendDurably, type EventFile, ifMissing, type RuleEvent, writeWhole } from '../../operations/index.ts';
import { StartError } from '../start-error.ts';

/** An event that a rule has given up. */
export interface DeadLetter {
  /** The number of its record. */
  readonly record: number;
  readonly event: RuleEvent;
  /** Its file, where it is now. */
  readonly file?: EventFile | undefined;
  /** The actions that were carried out before. */
  readonly step: number;
  readonly attempts: number;
  /** When it was given up, ISO 8601. */
  readonly diedAt: string;
  /** Why the last attempt failed. */
  readonly reason: string;
}

/** A file is written anew only once so many more than the bound are in it. */
const SLACK = 100;

/** The dead letters of a rule, in a file of one JSON object a line. One call works on it at a time. */
export class DeadLetters {
  readonly #file: string;
  readonly #max: number;
  #letters: readonly DeadLetter[];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: string, max: number, letters: readonly DeadLetter[]) {
    this.#file = file;
    this.#max = max;
    this.#letters = letters;
  }

  /** @throws StartError where they can't be read */
  static async open(file: string, max: number): Promise<DeadLetters> {
    try {
      const lines = (await readFile(file, 'utf8').catch(ifMissing(''))).split('\n');
      // A crash may have torn the last line; its event is still undelivered.
      const whole = lines.slice(0, -1).filter((line) => line !== '');
      const letters = new DeadLetters(
        file,
        max,
        whole.map((line) => JSON.parse(line) as DeadLetter),
      );
      if (lines.at(-1) !== '') await letters.#rewrite();
      return letters;
    } catch (cause) {
      throw new StartError(`The dead letters in ${file} can't be read: repair that file, or move it away`, { cause });
    }
  }

  get all(): readonly DeadLetter[] {
    return this.#letters;
  }

  /** Resolves once it is on the disk, with how many were dropped for it. */
  add(letter: DeadLetter): Promise<number> {
    return this.#inTurn(async () => {
      const letters = [...this.#letters.filter(({ record }) => record !== letter.record), letter];
      const isKnown = letters.length === this.#letters.length;
      if (!isKnown && letters.length <= this.#max + SLACK) {
        await appendDurably(this.#file, `${JSON.stringify(letter)}\n`);
        this.#letters = letters;
        return 0;
      }
      const dropped = Math.max(0, letters.length - this.#max);
      this.#letters = letters.slice(dropped);
      await this.#rewrite();
      return dropped;
    });
  }

  remove(records: ReadonlySet<number>): Promise<void> {
    return this.#inTurn(async () => {
      this.#letters = this.#letters.filter(({ record }) => !records.has(record));
      await this.#rewrite();
    });
  }

  #rewrite(): Promise<void> {
    return writeWhole(this.#file, this.#letters.map((letter) => `${JSON.stringify(letter)}\n`).join(''));
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

import { readFile } from 'node:fs/promises';
import { appendDurably, type EventFile, ifMissing, type RuleEvent, writeWhole } from '../../operations/index.ts';
import { StartError } from '../start-error.ts';

/** An event that a rule has given up. */
export interface DeadLetter {
  /** The number of its record in the journal of that time. After a restore that is another journal, where the number is another record's. */
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
  /** Since when it is tried again, ISO 8601; absent while it waits for an operator. */
  readonly retriedAt?: string;
}

type Letters = ReadonlyMap<string, DeadLetter>;

/** A file is written anew only once so many more than the bound are in it. */
const SLACK = 100;

/**
 * The dead letters of a rule, in a file of one JSON object a line. Each stays until its event is delivered, also while it is
 * tried again: no other place has the event once its journal is gone. One call works on the file at a time.
 */
export class DeadLetters {
  readonly #file: string;
  readonly #max: number;
  /** By the id of the event, the oldest first; as the file has them. */
  #letters: Letters;
  #isTorn = false;
  #last: Promise<unknown> = Promise.resolve();
  /** What the next writing changes. */
  #changes: ((letters: Letters) => Letters)[] = [];
  #nextWriting: Promise<void> | undefined;

  private constructor(file: string, max: number, letters: readonly DeadLetter[]) {
    this.#file = file;
    this.#max = max;
    this.#letters = byEvent(letters);
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
      if (lines.at(-1) !== '') await letters.#write(letters.#letters);
      return letters;
    } catch (cause) {
      throw new StartError(`The dead letters in ${file} can't be read: repair that file, or move it away`, { cause });
    }
  }

  /** Those that wait for an operator. */
  get waiting(): readonly DeadLetter[] {
    return [...this.#letters.values()].filter(({ retriedAt }) => retriedAt === undefined);
  }

  /** Those that are tried again. */
  get retried(): readonly DeadLetter[] {
    return [...this.#letters.values()].filter(({ retriedAt }) => retriedAt !== undefined);
  }

  /** @param id of the event */
  find(id: string): DeadLetter | undefined {
    return this.#letters.get(id);
  }

  /** Resolves once it is on the disk, with how many were dropped for it. An earlier one of its event goes. */
  add(letter: DeadLetter): Promise<number> {
    return this.#inTurn(async () => {
      const others = [...this.#letters.values()].filter(({ event }) => event.id !== letter.event.id);
      const isKnown = others.length < this.#letters.size;
      // The first one makes the file, whose name must not be lost either.
      if (!isKnown && !this.#isTorn && others.length > 0 && others.length < this.#max + SLACK) {
        await this.#append(letter);
        this.#letters = byEvent([...others, letter]);
        return 0;
      }
      const idle = others.filter(({ retriedAt }) => retriedAt === undefined);
      const dropped = new Set(idle.slice(0, Math.max(0, others.length + 1 - this.#max)));
      await this.#write(byEvent([...others.filter((each) => !dropped.has(each)), letter]));
      return dropped.size;
    });
  }

  /** Resolves once it is on the disk that some are tried again from now on. @param ids of their events */
  retry(ids: ReadonlySet<string>): Promise<void> {
    const retriedAt = new Date().toISOString();
    return this.#change((letters) =>
      byEvent([...letters.values()].map((each) => (ids.has(each.event.id) ? { ...each, retriedAt } : each))),
    );
  }

  /** Keeps how far one has come that is tried again. @param id of its event */
  advance(id: string, place: Pick<DeadLetter, 'step' | 'file'>): Promise<void> {
    return this.#change((letters) => {
      const letter = letters.get(id);
      return letter ? new Map(letters).set(id, { ...letter, ...place }) : letters;
    });
  }

  /** @param id of the event */
  remove(id: string): Promise<void> {
    return this.#change((letters) => new Map(letters.entries().filter(([each]) => each !== id)));
  }

  /** Changes that are asked for during a writing become one. */
  #change(change: (letters: Letters) => Letters): Promise<void> {
    this.#changes.push(change);
    this.#nextWriting ??= this.#inTurn(() => {
      const changes = this.#changes;
      this.#changes = [];
      this.#nextWriting = undefined;
      return this.#write(changes.reduce((letters, each) => each(letters), this.#letters));
    });
    return this.#nextWriting;
  }

  async #append(letter: DeadLetter): Promise<void> {
    this.#isTorn = true;
    await appendDurably(this.#file, `${JSON.stringify(letter)}\n`);
    this.#isTorn = false;
  }

  async #write(letters: Letters): Promise<void> {
    await writeWhole(this.#file, Array.from(letters.values(), (letter) => `${JSON.stringify(letter)}\n`).join(''));
    this.#letters = letters;
    this.#isTorn = false;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function byEvent(letters: readonly DeadLetter[]): Letters {
  return new Map(letters.map((letter) => [letter.event.id, letter]));
}

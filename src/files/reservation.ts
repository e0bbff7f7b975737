import { randomUUID } from 'node:crypto';
import { StorageError, type Usage } from '../core/index.ts';
import type { QuotaCounter, Verdict } from './quota-counter.ts';
import { isNothing, NOTHING, sum } from './usage.ts';

/** Room in a quota that is held for files which are not there yet. */
export class Reservation {
  readonly name = randomUUID();
  readonly #counter: QuotaCounter;
  readonly #borrowed = new Set<string>();
  #held = NOTHING;
  #isOver = false;
  #isEnded = false;

  constructor(counter: QuotaCounter) {
    this.#counter = counter;
  }

  get held(): Usage {
    return this.#held;
  }

  /** Whether it was to hold more than there was. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes all or nothing. @throws StorageError `over-quota` */
  async take(more: Usage, signal?: AbortSignal): Promise<void> {
    if (!isNothing(more)) this.#judge(await this.#counter.reserve(this.name, more, signal), more);
  }

  /** As `take`, at once where the counter is at hand. */
  grow(bytes: number): void | Promise<void> {
    const more = { bytes, files: 0 };
    if (bytes === 0) return undefined;
    const verdict = this.#counter.reserve(this.name, more);
    return verdict instanceof Promise ? this.#growLater(verdict, more) : this.#judge(verdict, more);
  }

  /** What an interrupted upload took up is a part of this one now. */
  inherit(usage: Usage): void {
    this.#held = sum(this.#held, usage);
  }

  /** Has the room of an entry promised which this is to replace. Gives whether that was free. */
  async borrow(entry: string): Promise<boolean> {
    if (this.#borrowed.has(entry)) return true;
    if (!(await this.#counter.borrow(this.name, entry))) return false;
    this.#borrowed.add(entry);
    return true;
  }

  hasBorrowed(entry: string): boolean {
    return this.#borrowed.has(entry);
  }

  /** Nothing more is taken: what was held is a file now, or nothing. */
  end(): void {
    this.#isEnded = true;
  }

  /** Gives all back. */
  drop(): void {
    this.end();
    this.#counter.drop(this.name);
  }

  async #growLater(asked: Promise<Verdict>, more: Usage): Promise<void> {
    const verdict = await asked;
    if (this.#isEnded) {
      this.#counter.drop(this.name);
      throw new StorageError('aborted', 'The upload has ended already');
    }
    this.#judge(verdict, more);
  }

  #judge(verdict: Verdict, more: Usage): void {
    if (verdict === 'reserved') {
      this.#held = sum(this.#held, more);
      return;
    }
    this.#isOver = true;
    const message = verdict === 'no-files' ? 'The quota allows no further file' : 'The quota is used up';
    throw new StorageError('over-quota', message);
  }
}

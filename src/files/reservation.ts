import { randomUUID } from 'node:crypto';
import { StorageError, type Usage } from '../core/index.ts';
import type { QuotaCounter, ReplacedEntry, ReservationResult } from './quota-counter.ts';
import { excess, isNothing, NOTHING, sum } from './usage.ts';

/** Room in a quota for files that are still being written. */
export class Reservation {
  readonly name = randomUUID();
  readonly #counter: QuotaCounter;
  readonly #claimed = new Set<string>();
  #held = NOTHING;
  #isOver = false;
  #isEnded = false;

  constructor(counter: QuotaCounter) {
    this.#counter = counter;
  }

  /** What was taken, but for what `takeWhole` took. */
  get held(): Usage {
    return this.#held;
  }

  /** Whether the quota has refused a part of it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes all or nothing. @throws StorageError `over-quota` */
  async take(more: Usage, signal?: AbortSignal): Promise<void> {
    if (isNothing(more)) return;
    this.#record(await this.#counter.reserve(this.name, { more }, signal));
    this.#held = sum(this.#held, more);
  }

  /** Takes what is missing to the whole of what was uploaded; nothing grows after this. @throws StorageError `over-quota` */
  async takeWhole(whole: Usage, replaced: ReplacedEntry | undefined): Promise<void> {
    const claimed = replaced && this.hasClaimed(replaced.id) ? replaced : undefined;
    // Of a claim the counter knows whether it still holds.
    if (claimed === undefined && isNothing(excess(whole, this.#held))) return;
    this.#record(await this.#counter.reserve(this.name, { whole, replaced: claimed }));
  }

  /** As `take`, at once where the counter is at hand. */
  grow(bytes: number): void | Promise<void> {
    const more = { bytes, files: 0 };
    if (bytes === 0) return undefined;
    const result = this.#counter.reserve(this.name, { more });
    if (result instanceof Promise) return this.#growLater(result, more);
    this.#record(result);
    this.#held = sum(this.#held, more);
  }

  /** Claims the room of the entry that this replaces. Gives whether the claim was made. */
  async claimReplaced(entry: ReplacedEntry): Promise<boolean> {
    if (this.#claimed.has(entry.id)) return true;
    if (!(await this.#counter.claimReplaced(this.name, entry))) return false;
    this.#claimed.add(entry.id);
    return true;
  }

  hasClaimed(entry: string): boolean {
    return this.#claimed.has(entry);
  }

  /** Takes nothing more: the files exist now, or were discarded. */
  end(): void {
    this.#isEnded = true;
  }

  /** Frees all of it. */
  release(): void {
    this.end();
    this.#counter.release(this.name);
  }

  async #growLater(asked: Promise<ReservationResult>, more: Usage): Promise<void> {
    const result = await asked;
    if (this.#isEnded) {
      this.#counter.release(this.name);
      throw new StorageError('aborted', 'The upload has ended already');
    }
    this.#record(result);
    this.#held = sum(this.#held, more);
  }

  /** @throws StorageError `over-quota` */
  #record(result: ReservationResult): void {
    if (result === 'reserved') return;
    this.#isOver = true;
    const message = result === 'no-files' ? 'The quota allows no further file' : 'The quota is used up';
    const place = result === 'no-files' ? 'quota.files' : 'quota.bytes';
    throw new StorageError('over-quota', message, { rule: { kind: 'field', place } });
  }
}

import { isWithin, type Space, type Usage, type VirtualPath } from '../core/index.ts';
import type { Change, Quota, ReservationResult } from './quota-counter.ts';
import { difference, excess, NOTHING, sum } from './usage.ts';

export interface HomeUsageParts {
  readonly home: VirtualPath;
  /** Counts what lies in the home. */
  readonly count: () => Promise<Usage>;
  /** Milliseconds, on any clock that does not jump. */
  readonly now: () => number;
  /** Differs from what it gave before once somebody has asked for a new count. */
  readonly request: () => string | undefined;
}

/** The least time between two counts of a home that was counted before. */
const RECOUNT_MS = 60_000;
/** An older count is renewed beside the uploads: programs of the host may have put files there. */
const STALE_MS = 3_600_000;

/** What lies in one home, whoever put it there, and what uploads under way have reserved beyond that. */
export class HomeUsage {
  readonly home: VirtualPath;
  readonly #parts: HomeUsageParts;
  #files: Usage = NOTHING;
  #reserved: Usage = NOTHING;
  #isCounted = false;
  #isAbandoned = false;
  #countedAt = Number.NEGATIVE_INFINITY;
  #request: string | undefined;
  /** The number of the last change that the last count may have seen. */
  #countedUpTo = 0;
  #counting: Promise<void> | undefined;
  /** What came while it was being counted. */
  #added: Usage = NOTHING;
  #isMoving = false;
  #isForgotten = false;

  constructor(parts: HomeUsageParts) {
    this.home = parts.home;
    this.#parts = parts;
    this.#request = parts.request();
  }

  get isCounted(): boolean {
    return this.#isCounted;
  }

  get isStale(): boolean {
    return this.#parts.now() - this.#countedAt >= STALE_MS;
  }

  /** Whether another count, or the one that runs, may tell more than the last one. */
  get mayCount(): boolean {
    return (
      this.#counting !== undefined ||
      this.#isAbandoned ||
      this.isAskedFor ||
      this.#parts.now() - this.#countedAt >= RECOUNT_MS
    );
  }

  /** Whether somebody is gone since the last count began. */
  get isDoubted(): boolean {
    return this.#isAbandoned;
  }

  get isAskedFor(): boolean {
    return this.#request !== this.#parts.request();
  }

  /** What is used, reservations included. */
  get used(): Usage {
    return sum(this.#files, this.#reserved);
  }

  covers(path: VirtualPath): boolean {
    return isWithin(this.home, path);
  }

  check(more: Usage, quota: Quota): ReservationResult {
    const { bytes: maxBytes = Infinity, files: maxFiles = Infinity } = quota;
    const { bytes, files } = this.used;
    if (more.bytes > 0 && bytes + more.bytes > maxBytes) return 'no-bytes';
    if (more.files > 0 && files + more.files > maxFiles) return 'no-files';
    return 'reserved';
  }

  limitSpace({ free, total }: Space, { bytes = Infinity }: Quota): Space {
    return { free: Math.max(0, Math.min(free, bytes - this.used.bytes)), total: Math.min(total, bytes) };
  }

  reserve(more: Usage): void {
    this.#reserved = sum(this.#reserved, more);
  }

  free(held: Usage): void {
    this.#reserved = difference(this.#reserved, held);
  }

  add(added: Usage): void {
    this.#files = sum(this.#files, added);
    this.#added = sum(this.#added, added);
  }

  /** @param began when the change that took it away began: one that a count may have seen gives nothing back. */
  give(gone: Usage, began: number): void {
    // Files that programs of the host put there were never counted.
    if (began <= this.#countedUpTo) return;
    this.#files = excess(this.#files, gone);
  }

  /** A file that moves while the files are counted may be missed. */
  moves({ path, to }: Change): void {
    if (to !== undefined && (isWithin(this.home, path) || isWithin(path, this.home))) this.#isMoving = true;
  }

  /** Nobody knows what came in: it is counted before the next file. */
  forget(): void {
    this.#isCounted = false;
    this.#isForgotten = true;
  }

  /** Somebody is gone without saying how far he came: the next refusal needs a new count, however new the last one is. */
  doubt(): void {
    this.#isAbandoned = true;
  }

  /** Counts the files; whoever asks meanwhile gets the same count. @param changeNumber the number of the last change so far */
  count(running: () => Iterable<Change>, changeNumber: () => number): Promise<void> {
    this.#counting ??= this.#count(running, changeNumber).finally(() => {
      this.#counting = undefined;
    });
    return this.#counting;
  }

  async #count(running: () => Iterable<Change>, changeNumber: () => number): Promise<void> {
    this.#added = NOTHING;
    this.#isMoving = false;
    this.#isForgotten = false;
    this.#isAbandoned = false;
    this.#request = this.#parts.request();
    for (const change of running()) this.moves(change);
    try {
      const found = await this.#parts.count();
      if (this.#isCounted && this.#isMoving) return;
      // What came meanwhile may have been seen or not: rather too much than too little.
      this.#files = sum(found, this.#added);
      this.#countedUpTo = changeNumber();
      this.#isCounted = !this.#isForgotten;
    } finally {
      this.#countedAt = this.#parts.now();
    }
  }
}

import type { Account, Space, Usage } from '../../core/index.ts';

export type Quota = Account['quota'];

/** What came of asking for room. `uncounted`: there may be more than the book knows of, once the files are counted. */
export type Verdict = 'taken' | 'no-bytes' | 'no-files' | 'uncounted';

/** The right to change an account's files, while nothing else does. */
export interface Turn {
  /** Whether the book knows what the files take up; else whoever has the turn counts them first. */
  readonly isCounted: boolean;
  counted(files: Usage): void;
  end(): void;
}

/**
 * The books of one account's quota: what its files take up, and what uploads under way have reserved beyond that. All
 * who change the files share one. Plain values come and go, so that it may be kept in another process than theirs;
 * there the answers take a moment.
 */
export interface QuotaBook {
  setQuota(quota: Quota): void;
  /** Waits until all who came before have ended their turns. */
  begin(): Promise<Turn>;
  /** Adds to a reservation, all or nothing. */
  take(reservation: string, more: Usage): Verdict | Promise<Verdict>;
  /** Turns files into a part of a reservation: an interrupted upload that is gone on with stands under its name no more. */
  claim(reservation: string, files: Usage): void;
  /** A reservation, where one is named, is over; what files take up has changed by so much. */
  settle(reservation: string | undefined, change: Usage): void;
  /** The room that is left of a medium under the quota. */
  narrow(space: Space): Space | Promise<Space>;
}

/** Books that are kept here. */
export class LocalQuotaBook implements QuotaBook {
  #quota: Quota;
  #files: Usage = NOTHING;
  readonly #reservations = new Map<string, Usage>();
  /** All reservations together. */
  #reserved: Usage = NOTHING;
  #isCounted = false;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(quota: Quota = {}) {
    this.#quota = quota;
  }

  /** What is used, reservations included. */
  get used(): Usage {
    return sum(this.#files, this.#reserved);
  }

  setQuota(quota: Quota): void {
    this.#quota = quota;
  }

  async begin(): Promise<Turn> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const before = this.#lastTurn;
    this.#lastTurn = ended;
    await before;
    const counted = (files: Usage): void => {
      this.#files = files;
      this.#isCounted = true;
    };
    return { isCounted: this.#isCounted, counted, end };
  }

  take(reservation: string, more: Usage): Verdict {
    const { bytes: maxBytes = Infinity, files: maxFiles = Infinity } = this.#quota;
    const { bytes, files } = this.used;
    if (more.bytes > 0 && bytes + more.bytes > maxBytes) return this.#isCounted ? 'no-bytes' : 'uncounted';
    if (more.files > 0 && files + more.files > maxFiles) return this.#isCounted ? 'no-files' : 'uncounted';
    this.#reserve(reservation, more);
    return 'taken';
  }

  claim(reservation: string, files: Usage): void {
    this.#files = difference(this.#files, files);
    this.#reserve(reservation, files);
  }

  settle(reservation: string | undefined, change: Usage): void {
    if (reservation !== undefined) {
      this.#reserved = difference(this.#reserved, this.#reservations.get(reservation) ?? NOTHING);
      this.#reservations.delete(reservation);
    }
    this.#files = sum(this.#files, change);
  }

  /**
   * Ends reservations whose holders are gone. Nobody knows how far they had come, so the files are to be counted anew;
   * until then what was reserved stands for what may have become files.
   */
  abandon(reservations: Iterable<string>): void {
    for (const reservation of reservations) this.settle(reservation, this.#reservations.get(reservation) ?? NOTHING);
    this.#isCounted = false;
  }

  narrow({ free, total }: Space): Space {
    const { bytes = Infinity } = this.#quota;
    return { free: Math.max(0, Math.min(free, bytes - this.used.bytes)), total: Math.min(total, bytes) };
  }

  #reserve(reservation: string, more: Usage): void {
    this.#reservations.set(reservation, sum(this.#reservations.get(reservation) ?? NOTHING, more));
    this.#reserved = sum(this.#reserved, more);
  }
}

export const NOTHING: Usage = { bytes: 0, files: 0 };

export function sum(one: Usage, other: Usage): Usage {
  return { bytes: one.bytes + other.bytes, files: one.files + other.files };
}

export function difference(from: Usage, less: Usage): Usage {
  return { bytes: from.bytes - less.bytes, files: from.files - less.files };
}

export function isNothing({ bytes, files }: Usage): boolean {
  return bytes === 0 && files === 0;
}

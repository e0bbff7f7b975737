import { randomUUID } from 'node:crypto';
import { type Entry, joinPath, ROOT, type Space, type Storage, type Usage } from '../../core/index.ts';
import { difference, LocalQuotaBook, NOTHING, type Quota, type QuotaBook } from './quota-book.ts';
import { Reservation } from './reservation.ts';

/**
 * What an account uses of its quota. All sessions of the account must share one, or at the least its book.
 *
 * It is counted by a walk of the account's files at the first change, and exact from then on, since every change passes
 * here before it is made. It is not stored: after a crash a stored number would be wrong by what was under way, and by
 * all that was done to the files past this server; the files themselves are always right.
 */
export function createQuotaLedger(quota: Quota = {}): QuotaLedger {
  return new QuotaLedger(new LocalQuotaBook(quota));
}

export class QuotaLedger {
  readonly #book: QuotaBook;

  constructor(book: QuotaBook) {
    this.#book = book;
  }

  /** Changes what is allowed from now on; what is used beyond it stays, but does not grow. */
  setQuota(quota: Quota): void {
    this.#book.setQuota(quota);
  }

  /** The room that is left of a medium under the quota. */
  narrow(space: Space): Space | Promise<Space> {
    return this.#book.narrow(space);
  }

  /** Runs a change of files after all earlier ones, so that what it finds before is what it changes. */
  async change<Result>(storage: Storage, work: () => Promise<Result>): Promise<Result> {
    const turn = await this.#book.begin();
    try {
      if (!turn.isCounted) turn.counted(storage.usage === undefined ? await walk(storage) : await storage.usage(ROOT));
      return await work();
    } finally {
      turn.end();
    }
  }

  /** For files that are to come; it holds nothing yet. */
  reserve(storage: Storage): Reservation {
    return new Reservation(this.#book, randomUUID(), () => this.change(storage, async () => undefined));
  }

  /** Files that took up so much are gone. */
  give(usage: Usage): void {
    this.#book.settle(undefined, difference(NOTHING, usage));
  }
}

/** What an entry counts for: a link is a file without bytes, a directory nothing. */
export function usageOf(entry: Entry | undefined): Usage {
  if (entry === undefined || entry.kind === 'directory') return NOTHING;
  return { bytes: entry.kind === 'file' ? entry.size : 0, files: 1 };
}

async function walk(storage: Storage): Promise<Usage> {
  let bytes = 0;
  let files = 0;
  const pending = [ROOT];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    for await (const entry of storage.list(path)) {
      if (entry.kind === 'directory') pending.push(joinPath(path, entry.name));
      const used = usageOf(entry);
      bytes += used.bytes;
      files += used.files;
    }
  }
  return { bytes, files };
}

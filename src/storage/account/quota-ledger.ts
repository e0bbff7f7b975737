import {
  type Account,
  type Entry,
  joinPath,
  ROOT,
  type Space,
  type Storage,
  StorageError,
  type Usage,
} from '../../core/index.ts';

type Quota = Account['quota'];

/**
 * What an account uses of its quota. All sessions of the account must share one.
 *
 * It is counted by a walk of the account's files at the first change, and exact from then on, since every change passes
 * here before it is made. It is not stored: after a crash a stored number would be wrong by what was under way, and by
 * all that was done to the files past this server; the files themselves are always right.
 */
export function createQuotaLedger(quota: Quota = {}): QuotaLedger {
  return new QuotaLedger(quota);
}

export class QuotaLedger {
  #quota: Quota;
  #bytes = 0;
  #files = 0;
  #isCounted = false;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /** What is used, reservations of uploads under way included. */
  get used(): Usage {
    return { bytes: this.#bytes, files: this.#files };
  }

  /** Changes what is allowed from now on; what is used beyond it stays, but does not grow. */
  setQuota(quota: Quota): void {
    this.#quota = quota;
  }

  /** The room that is left of a medium under the quota. */
  narrow({ free, total }: Space): Space {
    const { bytes = Infinity } = this.#quota;
    return { free: Math.max(0, Math.min(free, bytes - this.#bytes)), total: Math.min(total, bytes) };
  }

  /** Runs a change of files after all earlier ones, so that what it finds before is what it changes. */
  change<Result>(storage: Storage, work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastChange.then(async () => {
      if (!this.#isCounted) await this.#count(storage);
      return work();
    });
    this.#lastChange = turn.catch(() => undefined);
    return turn;
  }

  /** Takes all or nothing. @throws StorageError `over-quota` */
  take({ bytes, files }: Usage): void {
    const { bytes: maxBytes = Infinity, files: maxFiles = Infinity } = this.#quota;
    if (bytes > 0 && this.#bytes + bytes > maxBytes) throw new StorageError('over-quota', 'The quota is used up');
    if (files > 0 && this.#files + files > maxFiles) {
      throw new StorageError('over-quota', 'The quota allows no further file');
    }
    this.#bytes += bytes;
    this.#files += files;
  }

  give({ bytes, files }: Usage): void {
    this.#bytes -= bytes;
    this.#files -= files;
  }

  async #count(storage: Storage): Promise<void> {
    const { bytes, files } = storage.usage === undefined ? await walk(storage) : await storage.usage(ROOT);
    this.#bytes = bytes;
    this.#files = files;
    this.#isCounted = true;
  }
}

/** What an entry counts for: a link is a file without bytes, a directory nothing. */
export function usageOf(entry: Entry | undefined): Usage {
  if (entry === undefined || entry.kind === 'directory') return { bytes: 0, files: 0 };
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

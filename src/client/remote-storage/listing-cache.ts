import {
  baseName,
  type Entry,
  isWithin,
  type ListOptions,
  notFound,
  parentOf,
  ROOT,
  type StatOptions,
  type Storage,
  type Upload,
  type VirtualPath,
} from '../../core/index.ts';

/** Entries of all listings that are kept, and of one of them; one with long texts counts as several. */
const MOST_ENTRIES = 50_000;
const MOST_ENTRIES_OF_ONE = 10_000;
/** What names and links are about as long as: how long they are is up to the server. */
const CHARACTERS_OF_ONE = 256;

export interface ListingCacheOptions {
  /** How long a listing counts as new, in milliseconds; 0 keeps none. */
  readonly keepMs: number;
  /** Whether an entry that is no link is told from one by the listing of its directory alone, as over FTP. */
  readonly looksByListing: boolean;
  /** A monotonic clock, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

interface Kept {
  readonly at: number;
  readonly entries: ReadonlyMap<string, Entry>;
  /** How many entries it counts as. */
  readonly weight: number;
}

/**
 * The listings of a server, for a moment: to refuse links, each directory of a path is looked up before each call. What is
 * changed through it is seen at once; what others change is seen when the listing has got old. A listing that did not end
 * well is never kept, nor one during which something was changed.
 */
export class ListingCache {
  readonly #options: ListingCacheOptions;
  readonly #now: () => number;
  /** The oldest first. */
  readonly #kept = new Map<VirtualPath, Kept>();
  #count = 0;
  #changes = 0;

  constructor(options: ListingCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The same storage by way of the cache. */
  over(storage: Storage): Storage {
    const changing = async <T>(paths: readonly VirtualPath[], work: () => Promise<T>): Promise<T> => {
      this.#forget(paths);
      try {
        return await work();
      } finally {
        this.#forget(paths);
      }
    };
    const setAttributes = storage.setAttributes?.bind(storage);
    return {
      ...storage,
      stat: (path, how) => this.#stat(storage, path, how),
      list: (path, how) => this.#list(storage, path, how),
      write: async (path, how) => this.#upload(await changing([path], () => storage.write(path, how)), path, changing),
      rename: (from, to, how) => changing([from, to], () => storage.rename(from, to, how)),
      remove: (path, how) => changing([path], () => storage.remove(path, how)),
      makeDirectory: (path, how) => changing([path], () => storage.makeDirectory(path, how)),
      removeDirectory: (path, how) => changing([path], () => storage.removeDirectory(path, how)),
      ...(setAttributes && {
        setAttributes: (path, attributes, how) => changing([path], () => setAttributes(path, attributes, how)),
      }),
    };
  }

  #upload(
    { sink, ...upload }: Upload,
    path: VirtualPath,
    changing: <T>(paths: readonly VirtualPath[], work: () => Promise<T>) => Promise<T>,
  ): Upload {
    return {
      sink,
      replaces: () => upload.replaces(),
      commit: () => changing([path], () => upload.commit()),
      suspend: () => changing([path], () => upload.suspend()),
      discard: () => changing([path], () => upload.discard()),
    };
  }

  async #stat(storage: Storage, path: VirtualPath, how: StatOptions = {}): Promise<Entry> {
    if (how.followLinks !== false || path === ROOT) return storage.stat(path, how);
    const directory = parentOf(path);
    const name = baseName(path);
    const kept = this.#fresh(directory);
    if (kept) return kept.get(name) ?? throwMissing();
    if (!this.#options.looksByListing) return storage.stat(path, how);
    let found: Entry | undefined;
    let count = 0;
    try {
      for await (const entries of this.#list(storage, directory, { signal: how.signal })) {
        count += entries.length;
        found ??= entries.find((each) => each.name === name);
        // Read to its end, it can be kept.
        if (found && count > MOST_ENTRIES_OF_ONE) return found;
      }
    } catch (error) {
      if (!found) throw error;
    }
    if (!found) throw notFound();
    return found;
  }

  async *#list(storage: Storage, path: VirtualPath, how: ListOptions = {}): AsyncGenerator<readonly Entry[]> {
    const kept = how.unfinished ? undefined : this.#fresh(path);
    if (kept) {
      yield [...kept.values()];
      return;
    }
    const [at, changes] = [this.#now(), this.#changes];
    const seen = new Map<string, Entry>();
    // An empty one takes room, too.
    let weight = 1;
    let isKept = this.#options.keepMs > 0 && !how.unfinished && !how.namesOnly;
    for await (const entries of storage.list(path, how)) {
      for (const entry of isKept ? entries : []) {
        seen.set(entry.name, entry);
        weight += weightOf(entry);
      }
      if (weight > MOST_ENTRIES_OF_ONE) {
        isKept = false;
        seen.clear();
      }
      yield entries;
    }
    if (isKept && changes === this.#changes) this.#keep(path, { at, entries: seen, weight });
  }

  #fresh(path: VirtualPath): Kept['entries'] | undefined {
    const kept = this.#kept.get(path);
    return kept && this.#now() - kept.at < this.#options.keepMs ? kept.entries : undefined;
  }

  #keep(path: VirtualPath, kept: Kept): void {
    this.#drop(path);
    this.#kept.set(path, kept);
    this.#count += kept.weight;
    for (const oldest of this.#kept.keys()) {
      if (this.#count <= MOST_ENTRIES && this.#fresh(oldest)) return;
      this.#drop(oldest);
    }
  }

  /** What stands at a path is shown in its directory, and a directory by its own listing. */
  #forget(paths: readonly VirtualPath[]): void {
    this.#changes += 1;
    for (const kept of this.#kept.keys()) {
      if (paths.some((path) => kept === parentOf(path) || isWithin(path, kept))) this.#drop(kept);
    }
  }

  #drop(path: VirtualPath): void {
    const kept = this.#kept.get(path);
    if (kept && this.#kept.delete(path)) this.#count -= kept.weight;
  }
}

function throwMissing(): never {
  throw notFound();
}

function weightOf({ name, target = '', owner = '', group = '', unique = '' }: Entry): number {
  const characters = [name, target, owner, group, unique].reduce((sum, text) => sum + text.length, 0);
  return Math.ceil(characters / CHARACTERS_OF_ONE);
}

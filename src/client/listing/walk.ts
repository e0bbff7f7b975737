import { background, type VirtualPath } from '../../core/index.ts';
import { canBundle } from '../bundle/bundles.ts';
import { listTogether } from '../bundle/listed.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { asRemoteEntry, type RemoteListOptions } from './directory-entries.ts';
import type { RemoteEntry } from './entry.ts';
import type { IncompleteListing } from './incomplete-listing.ts';
import { list } from './listing.ts';

export interface WalkOptions extends RemoteListOptions {
  /** Levels to go down; 1 shows what is in the directory itself. Default: all, up to the limit `maxWalkDepth`. */
  readonly maxDepth?: number;
  /** Whether to show an entry and, where it is a directory, to go into it. Default: all. */
  readonly filter?: (entry: RemoteEntry) => boolean;
}

interface WalkLevel {
  readonly path: VirtualPath;
  readonly depth: number;
}

/**
 * All that lies below a directory: its entries as they come, then what is in each of its directories. Remembered are the
 * directories that are still to be entered and, where the server lists a tree in one transfer, up to `maxTreeEntries` of what
 * is in them: that is as it was when the first one was entered. Of listings that are incomplete the first is thrown, behind all
 * entries, unless the options take them.
 */
export async function* walk(pool: Pool, path: VirtualPath, options: WalkOptions): AsyncGenerator<RemoteEntry> {
  const { maxDepth = Number.POSITIVE_INFINITY, filter = () => true, ...rest } = options;
  let incomplete: IncompleteListing | undefined;
  const onIncomplete = (failure: IncompleteListing): void => {
    incomplete ??= failure;
  };
  const listOptions: RemoteListOptions = { onIncomplete, ...rest };
  const { maxWalkDepth, maxWalkEntries, maxTreeEntries } = pool.settings.limits;
  let seen = 0;
  await using ahead = new ListingsAhead(pool, listOptions);
  const pending: WalkLevel[] = [{ path, depth: 1 }];
  for (let level = pending.pop(); level; level = pending.pop()) {
    const { depth } = level;
    if (depth > maxWalkDepth) throw beyond('levels of directories', maxWalkDepth, 'maxWalkDepth');
    const below: WalkLevel[] = [];
    for await (const entry of ahead.take(level)) {
      seen += 1;
      if (seen > maxWalkEntries) throw beyond('entries', maxWalkEntries, 'maxWalkEntries');
      if (!filter(entry)) continue;
      if (entry.kind === 'directory' && depth < maxDepth) below.push({ path: entry.path, depth: depth + 1 });
      yield entry;
    }
    for (const next of below.toReversed()) pending.push(next);
    // Of a walk that ends at some depth, or is long already, most would come in vain.
    const wantsTree = depth === 1 && maxDepth === Number.POSITIVE_INFINITY && seen < maxTreeEntries;
    if (wantsTree && pending.length > 0) await ahead.fetchTree(path);
    ahead.begin(pending);
  }
  if (incomplete) throw incomplete;
}

/** The listings of the directories that come next: of all in one transfer, or as many at once as there are connections. */
class ListingsAhead implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #options: RemoteListOptions;
  readonly #left = new AbortController();
  readonly #begun = new Map<WalkLevel, Begun>();
  readonly #tree = new Map<VirtualPath, readonly RemoteEntry[]>();

  constructor(pool: Pool, options: RemoteListOptions) {
    const { signal } = options;
    this.#pool = pool;
    this.#options = { ...options, signal: signal ? AbortSignal.any([signal, this.#left.signal]) : this.#left.signal };
  }

  /** Fetches what can be had at once; the rest is listed when the walk comes to it. */
  async fetchTree(top: VirtualPath): Promise<void> {
    if (!canBundle(this.#pool, 'MLSD')) return;
    for (const [path, listed] of await listTogether(this.#pool, top, this.#options.signal)) {
      const entries = listed.map((entry) => asRemoteEntry(entry, path));
      // Who lists it by itself hears what is wrong with it.
      if (path !== top && entries.every((entry) => entry !== undefined)) this.#tree.set(path, entries);
    }
  }

  /** @param pending the next one last */
  begin(pending: readonly WalkLevel[]): void {
    const most = Math.min(this.#pool.settings.connections, pending.length);
    if (this.#pool.settings.connections === 1) return;
    for (const level of pending.slice(-most).toReversed()) {
      if (this.#begun.size >= most) return;
      if (this.#begun.has(level) || this.#tree.has(level.path)) continue;
      const entries = entriesOf(this.#pool, level, this.#options);
      const first = entries.next();
      // Whoever takes it hears of its failure.
      background(first, () => undefined);
      this.#begun.set(level, { entries, first });
    }
  }

  async *take(level: WalkLevel): AsyncGenerator<RemoteEntry> {
    const listed = this.#tree.get(level.path);
    this.#tree.delete(level.path);
    if (listed) {
      yield* listed;
      return;
    }
    const begun = this.#begun.get(level);
    this.#begun.delete(level);
    const first = await begun?.first;
    if (first && !first.done) yield first.value;
    yield* begun?.entries ?? entriesOf(this.#pool, level, this.#options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#left.abort();
    await Promise.allSettled([...this.#begun.values()].map(({ entries }) => entries.return(undefined)));
  }
}

interface Begun {
  readonly entries: AsyncGenerator<RemoteEntry>;
  readonly first: Promise<IteratorResult<RemoteEntry>>;
}

/** A directory that was removed since it was seen has no entries. */
async function* entriesOf(
  pool: Pool,
  { path, depth }: WalkLevel,
  options: RemoteListOptions,
): AsyncGenerator<RemoteEntry> {
  try {
    yield* list(pool, path, options);
  } catch (error) {
    if (depth > 1 && error instanceof ClientError && error.code === 'not-found') return;
    throw error;
  }
}

function beyond(what: string, limit: number, name: string): ClientError {
  return new ClientError('limit', `The tree has more than ${limit} ${what} (${name})`, { phase: 'transfer' });
}

import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Entry, Files, Limits, VirtualPath } from '../core/index.ts';
import type { Sort } from './contract.ts';
import { WebFailure } from './problem.ts';

/** How a directory is listed. */
export interface ListingQuery {
  readonly path: VirtualPath;
  readonly sort: Sort;
  readonly isDescending: boolean;
  /** Lower-case; '' leaves out nothing. */
  readonly find: string;
}

interface Listing {
  readonly id: string;
  readonly query: ListingQuery;
  readonly session: SessionListings;
  entries: readonly Entry[];
  timer: NodeJS.Timeout;
}

/** A page, and where the next one begins; absent behind the last. */
export interface ListingPage {
  readonly entries: readonly Entry[];
  readonly total: number;
  readonly cursor?: string;
}

/** Entries that are sorted at once; everything else waits no longer than for these. */
const RUN = 1024;
/** How long everything else may wait for entries that are merged, and how often it is looked whether that is over. */
const SLICE_MS = 2;
const LOOK_EVERY = 256;

/** The sorted directories of all sessions, so many entries in all. The oldest go first, and are listed anew when their next page is asked for. */
export class Listings {
  readonly #limits: Limits;
  readonly #held = new Map<string, Listing>();
  #entries = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  forSession(): SessionListings {
    return new SessionListings(this, this.#limits);
  }

  hold(listing: Omit<Listing, 'timer'>): void {
    const timer = setTimeout(() => this.drop(listing.id), this.#limits.webListingMs);
    timer.unref();
    this.#held.set(listing.id, { ...listing, timer });
    this.#entries += listing.entries.length;
    for (const [id] of this.#held) {
      if (this.#entries <= this.#limits.maxWebListingsEntries || id === listing.id) break;
      this.drop(id);
    }
  }

  find(id: string): Listing | undefined {
    const found = this.#held.get(id);
    found?.timer.refresh();
    return found;
  }

  drop(id: string): void {
    const found = this.#held.get(id);
    if (!found) return;
    clearTimeout(found.timer);
    this.#held.delete(id);
    this.#entries -= found.entries.length;
  }

  dropOf(session: SessionListings): void {
    for (const [id, listing] of this.#held) if (listing.session === session) this.drop(id);
  }
}

/** The directory that a session looks at. Another one takes its place. */
export class SessionListings {
  readonly #all: Listings;
  readonly #limits: Limits;

  constructor(all: Listings, limits: Limits) {
    this.#all = all;
    this.#limits = limits;
  }

  /** @throws StorageError, WebFailure where the directory is too large to be sorted */
  async first(
    files: Pick<Files, 'list'>,
    query: ListingQuery,
    limit: number,
    signal: AbortSignal,
  ): Promise<ListingPage> {
    const entries = await sorted(files, query, this.#limits.maxWebListedEntries, signal);
    this.#all.dropOf(this);
    if (entries.length <= limit) return { entries, total: entries.length };
    const id = randomBytes(12).toString('base64url');
    this.#all.hold({ id, query, session: this, entries });
    return { entries: entries.slice(0, limit), total: entries.length, cursor: `${id}.${limit}` };
  }

  /** @throws WebFailure where the listing is held no more */
  next(cursor: string, { path }: Pick<ListingQuery, 'path'>, limit: number): ListingPage {
    const [, id = '', start = ''] = /^([\w-]{16})\.(\d{1,9})$/.exec(cursor) ?? [];
    const found = this.#all.find(id);
    if (!found || found.session !== this || found.query.path !== path) {
      throw new WebFailure(404, 'cursor', 'This listing is not held any more: list the directory anew');
    }
    const end = Number(start) + limit;
    const { entries } = found;
    const page = { entries: entries.slice(Number(start), end), total: entries.length };
    return end < entries.length ? { ...page, cursor: `${id}.${end}` } : page;
  }

  forget(): void {
    this.#all.dropOf(this);
  }
}

/** Runs of entries are sorted as they come, and merged pair by pair, with turns for everything else in between. */
async function sorted(
  files: Pick<Files, 'list'>,
  { path, sort, isDescending, find }: ListingQuery,
  most: number,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const compare = comparing(sort, isDescending);
  let runs: (readonly Keyed[])[] = [];
  let run: Keyed[] = [];
  let count = 0;
  for await (const batch of files.list(path, { signal })) {
    for (const entry of batch) {
      const key = entry.name.toLowerCase();
      if (find !== '' && !key.includes(find)) continue;
      run.push({ entry, key });
      count += 1;
    }
    if (count > most) throw tooMany(most);
    if (run.length < RUN) continue;
    runs.push(compare ? run.sort(compare) : run);
    run = [];
  }
  runs.push(compare ? run.sort(compare) : run);
  while (compare && runs.length > 1) {
    const merged: (readonly Keyed[])[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare));
    }
    runs = merged;
    signal.throwIfAborted();
  }
  return runs.flatMap((each) => each.map(({ entry }) => entry));
}

/** An entry, and its name in lower case, which is compared many times. */
interface Keyed {
  readonly entry: Entry;
  readonly key: string;
}

type Compare = (one: Keyed, other: Keyed) => number;

function tooMany(most: number): WebFailure {
  const message = `More than ${most} entries can not be shown (limits.maxWebListedEntries): look for a part of the name`;
  return new WebFailure(422, 'too-many-entries', message);
}

async function merge(one: readonly Keyed[], other: readonly Keyed[], compare: Compare): Promise<readonly Keyed[]> {
  const merged: Keyed[] = [];
  let [left, right] = [0, 0];
  let turned = performance.now();
  for (;;) {
    const [first, second] = [one[left], other[right]];
    if (first === undefined || second === undefined) break;
    if (compare(first, second) <= 0) {
      merged.push(first);
      left += 1;
    } else {
      merged.push(second);
      right += 1;
    }
    if (merged.length % LOOK_EVERY > 0 || performance.now() - turned < SLICE_MS) continue;
    await setImmediate();
    turned = performance.now();
  }
  return merged.concat(one.slice(left), other.slice(right));
}

/** Directories first; what is alike otherwise is in the order of its names. */
function comparing(sort: Sort, isDescending: boolean): Compare | undefined {
  if (sort === 'none') return undefined;
  const sign = isDescending ? -1 : 1;
  const compared = ORDERS[sort];
  return (one, other) =>
    Number(other.entry.kind === 'directory') - Number(one.entry.kind === 'directory') ||
    sign * (compared(one.entry, other.entry) || byName(one, other));
}

function byName(one: Keyed, other: Keyed): number {
  return inOrder(one.key, other.key) || inOrder(one.entry.name, other.entry.name);
}

function inOrder(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

const ORDERS: { readonly [sort in Exclude<Sort, 'none'>]: (one: Entry, other: Entry) => number } = {
  name: () => 0,
  size: (one, other) => one.size - other.size,
  modified: (one, other) => one.modified.getTime() - other.modified.getTime(),
};

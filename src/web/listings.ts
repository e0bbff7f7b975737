import { randomBytes } from 'node:crypto';
import { type Entry, type Files, joinPath, type Limits, StorageError } from '../core/index.ts';
import { WebFailure } from './problem.ts';
import { type ListingQuery, sorted } from './sort-directory.ts';

/** A directory with more entries is listed by names alone, where they are in the order of names: the entries of a page are looked at then. */
const MANY = 2000;
/** Entries that are looked at side by side. */
const SIDE_BY_SIDE = 16;

interface Listing {
  readonly id: string;
  readonly query: ListingQuery;
  readonly session: SessionListings;
  /** Of the entries, the names alone are known. */
  readonly isNames: boolean;
  entries: readonly Entry[];
  timer: NodeJS.Timeout;
}

/** A page, and where the next one begins; absent behind the last. */
export interface ListingPage {
  readonly entries: readonly Entry[];
  readonly total: number;
  readonly cursor?: string;
}

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
  async first(files: ListedFiles, query: ListingQuery, limit: number, signal: AbortSignal): Promise<ListingPage> {
    const bounds = { most: this.#limits.maxWebListedEntries, signal };
    const names = query.sort === 'name' ? await sorted(files, query, { ...bounds, namesOnly: true }) : [];
    const isNames = names.length > MANY;
    const entries = isNames ? names : await sorted(files, query, bounds);
    this.#all.dropOf(this);
    const id = randomBytes(12).toString('base64url');
    const listing = { id, query, session: this, isNames, entries };
    if (entries.length > limit) this.#all.hold(listing);
    return pageOf(files, listing, { start: 0, limit }, signal);
  }

  /** @throws WebFailure where the listing is held no more */
  async next(
    files: ListedFiles,
    cursor: string,
    { path }: Pick<ListingQuery, 'path'>,
    limit: number,
    signal: AbortSignal,
  ): Promise<ListingPage> {
    const [, id = '', start = ''] = /^([\w-]{16})\.(\d{1,9})$/.exec(cursor) ?? [];
    const found = this.#all.find(id);
    if (!found || found.session !== this || found.query.path !== path) {
      throw new WebFailure(404, 'cursor', 'This listing is not held any more: list the directory anew');
    }
    return pageOf(files, found, { start: Number(start), limit }, signal);
  }

  forget(): void {
    this.#all.dropOf(this);
  }
}

type ListedFiles = Pick<Files, 'list' | 'stat'>;

async function pageOf(
  files: ListedFiles,
  { id, query, isNames, entries }: Pick<Listing, 'id' | 'query' | 'isNames' | 'entries'>,
  { start, limit }: { readonly start: number; readonly limit: number },
  signal: AbortSignal,
): Promise<ListingPage> {
  const end = start + limit;
  const part = entries.slice(start, end);
  const page = { entries: isNames ? await lookedAt(files, query, part, signal) : part, total: entries.length };
  return end < entries.length ? { ...page, cursor: `${id}.${end}` } : page;
}

/** The entries of these names, as they are now; those that are gone by now are left out. */
async function lookedAt(
  files: ListedFiles,
  { path }: ListingQuery,
  names: readonly Entry[],
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (let at = 0; at < names.length; at += SIDE_BY_SIDE) {
    const some = names.slice(at, at + SIDE_BY_SIDE).map(async ({ name }): Promise<readonly Entry[]> => {
      try {
        return [await files.stat(joinPath(path, name), { followLinks: false, signal })];
      } catch (error) {
        if (error instanceof StorageError && error.code === 'not-found') return [];
        throw error;
      }
    });
    found.push(...(await Promise.all(some)).flat());
  }
  return found;
}

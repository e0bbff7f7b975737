import { type CallOptions, joinPath, type VirtualPath } from '../../core/index.ts';
import { type ListedEntry, ListingReader } from '../../protocol/index.ts';
import { throwIfAborted } from '../connection/aborted.ts';
import type { Pool } from '../connection/pool.ts';
import { withRetries } from '../connection/retry.ts';
import { ClientError } from '../errors.ts';
import type { ClientLimits } from '../limits.ts';
import type { RemoteEntry } from './entry.ts';
import { IncomingListing } from './incoming-listing.ts';
import { type IncompleteFacts, IncompleteListing } from './incomplete-listing.ts';
import type { ListingEnd } from './listing-end.ts';

/** How `Client.list()` treats a listing that may not be whole. */
export interface RemoteListOptions extends CallOptions {
  /**
   * Told behind the entries that there may be more than those. Default: it is thrown, so that a listing that ends well
   * is a whole one.
   */
  readonly onIncomplete?: (failure: IncompleteListing) => void;
  /**
   * With `endOfStream: 'lenient'`: whether a listing that ended without close_notify counts as incomplete. It must for
   * whoever deletes by what is not in it. Default: false.
   */
  readonly needsEnd?: boolean;
}

/**
 * The entries of a directory as they come. Whoever leaves the loop early breaks the transfer off. A listing whose stream
 * was cut gives what came, and then fails.
 */
export async function* entriesOf(
  pool: Pool,
  path: VirtualPath,
  { signal, onIncomplete = rethrow, needsEnd = false }: RemoteListOptions,
): AsyncGenerator<RemoteEntry> {
  const listing = new IncomingListing(pool.settings.limits);
  const left = new AbortController();
  const fetched = fetchInto(listing, pool, path, signal ? AbortSignal.any([signal, left.signal]) : left.signal);
  const stopListening = pool.onContention(() => listing.bufferAll());
  try {
    const skipped: SkippedLines = { count: 0, sample: undefined, cutLine: undefined };
    for await (const entry of read(listing, pool, fetched, skipped)) {
      throwIfAborted(signal, 'transfer');
      // The directory itself, or the one above it (RFC 3659 section 7.5.1).
      if (entry.role) continue;
      const remote = asRemoteEntry(entry, path);
      if (remote) yield remote;
      else countSkipped(skipped, 1, entry.name);
    }
    const doubt = doubtOf(await fetched, skipped, needsEnd);
    if (doubt) onIncomplete(new IncompleteListing({ path, ...doubt }));
  } finally {
    stopListening();
    left.abort();
    await fetched;
  }
}

/**
 * Its failure reaches who reads the listing, and gives undefined here. It may be done again as long as nothing came.
 */
async function fetchInto(
  listing: IncomingListing,
  pool: Pool,
  path: VirtualPath,
  signal: AbortSignal,
): Promise<ListingEnd | undefined> {
  const fetch = () => pool.use(signal, (session) => session.list(path, listing, signal));
  try {
    const end = await withRetries(pool.settings, signal, fetch, () => listing.receivedBytes === 0);
    listing.complete();
    return end;
  } catch (error) {
    listing.fail(error);
    return undefined;
  }
}

/** Lines that gave no entry. */
interface SkippedLines {
  count: number;
  sample: string | undefined;
  /** The name in a last line that neither a line end nor the end of the stream has closed. */
  cutLine: string | undefined;
}

function countSkipped(skipped: SkippedLines, count: number, sample: string | undefined): void {
  skipped.count += count;
  skipped.sample ??= sample;
}

function doubtOf(
  end: ListingEnd | undefined,
  { count, sample, cutLine }: SkippedLines,
  needsEnd: boolean,
): Omit<IncompleteFacts, 'path'> | undefined {
  if (end?.doubt) return end.doubt;
  if (cutLine !== undefined) return { reason: 'no-end', sample: cutLine };
  if (count > 0) return { reason: 'lines', count, sample };
  return needsEnd && !end?.isClosed ? { reason: 'no-end' } : undefined;
}

function rethrow(failure: IncompleteListing): never {
  throw failure;
}

async function* read(
  listing: IncomingListing,
  { settings }: Pool,
  fetched: Promise<ListingEnd | undefined>,
  skipped: SkippedLines,
): AsyncGenerator<ListedEntry> {
  const { limits, charset, serverUtcOffsetMinutes } = settings;
  let reader: ListingReader | undefined;
  let count = 0;
  let bytes = 0;
  for await (const part of listing.parts()) {
    if (!Buffer.isBuffer(part)) {
      count += part.length;
      if (count > limits.maxListingEntries) throw tooLong('maxListingEntries', limits);
      yield* part;
      continue;
    }
    reader ??= new ListingReader({
      format: listing.format,
      decode: charset.decode,
      maxLineBytes: limits.maxListingLineBytes,
      now: new Date(),
      utcOffsetMinutes: serverUtcOffsetMinutes,
    });
    const entries = reader.push(part);
    bytes += part.length;
    count += entries.length;
    if (count + reader.skipped > limits.maxListingEntries) throw tooLong('maxListingEntries', limits);
    if (bytes > limits.maxListingBytes) throw tooLong('maxListingBytes', limits);
    yield* entries;
  }
  if (!reader) return;
  const last = reader.end();
  if ((await fetched)?.isClosed) yield* last;
  else skipped.cutLine = last[0]?.name;
  countSkipped(skipped, reader.skipped, reader.firstSkipped);
}

/** Undefined for a name that is too long to be used in a path. */
export function asRemoteEntry(entry: ListedEntry, directory: VirtualPath): RemoteEntry | undefined {
  try {
    return { ...entry, path: joinPath(directory, entry.name) };
  } catch {
    return undefined;
  }
}

function tooLong(name: 'maxListingEntries' | 'maxListingBytes', limits: ClientLimits): ClientError {
  const message = `The listing of the directory is longer than is allowed (${name}: ${limits[name]})`;
  return new ClientError('limit', message, { phase: 'transfer' });
}

import {
  baseName,
  type CallOptions,
  type Entry,
  endingOnce,
  type FileContent,
  type OpenWriteOptions,
  type RemoveOptions,
  type RenameOptions,
  type Storage,
  type Upload,
  type Usage,
  type VirtualPath,
  type WritableFile,
  type WriteOptions,
  writableFile,
} from '../core/index.ts';
import { beginCounted } from './begin-counted.ts';
import { counted } from './counted-change.ts';
import { countedCopy } from './counted-copy.ts';
import { CountedSink } from './counted-sink.ts';
import type { CountedUpload } from './counted-upload.ts';
import { pathMethods } from './path-methods.ts';
import { publishedAt } from './published.ts';
import { isBounded, missingEntry, type Quota, type QuotaCounter, removedEntry } from './quota-counter.ts';
import { Reservation } from './reservation.ts';
import { isNothing, NOTHING } from './usage.ts';
import { withCalls } from './writable-files.ts';

const ONE_LINK: Usage = { bytes: 0, files: 1 };
const UNBOUNDED = { free: Infinity, total: Infinity };

/**
 * A storage whose changes are kept in the counters of all quotas, and whose files take up no more than this one: each chunk
 * of an upload is reserved before it is written, and one that does not fit ends its upload with `over-quota`, of which
 * nothing is kept. Interrupted uploads that are kept count. A file that is replaced counts once. An account without a
 * bound changes what others may have bounds on.
 */
export function withQuota(storage: Storage, counter: QuotaCounter, quota: Quota): Storage {
  counter.setQuota(quota);
  const isLimited = isBounded(quota);
  const listUnlisted = storage.listUnlisted?.bind(storage);
  const open = storage.openWrite?.bind(storage);
  const copy = storage.copy?.bind(storage);

  const counting = { storage, counter, isLimited };

  async function write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    const { written, tally, endings } = await beginCounted(counting, path, options, () => storage.write(path, options));
    return endingOnce(tally ? new CountedSink(written.sink, (bytes) => tally.grow(bytes)) : written.sink, endings);
  }

  async function openWrite(
    open: NonNullable<Storage['openWrite']>,
    path: VirtualPath,
    options: OpenWriteOptions = {},
  ): Promise<WritableFile> {
    const { truncate = false, signal } = options;
    // What is not cut counts as what an append goes behind.
    const counts = { signal, ...(!truncate && { at: 'end' as const }) };
    const { written, tally, endings } = await beginCounted(counting, path, counts, () => open(path, options));
    return writableFile(tally ? reserving(written, tally) : written, endings, signal);
  }

  function rename(from: VirtualPath, to: VirtualPath, how?: RenameOptions): Promise<Entry | undefined> {
    return counted(
      counter,
      { path: from, to, moves: baseName(from) },
      async (change) => {
        const replaced = await storage.rename(from, to, how);
        await change.end({ gone: removedEntry(replaced, to), moved: true });
        return replaced;
      },
      how?.signal,
    );
  }

  function remove(path: VirtualPath, how?: RemoveOptions): Promise<Entry> {
    return counted(
      counter,
      { path },
      async (change) => {
        const removed = await storage.remove(path, how);
        await change.end({ gone: removedEntry(removed, path) });
        return removed;
      },
      how?.signal,
    );
  }

  function removeDirectory(path: VirtualPath, how?: CallOptions): Promise<void> {
    return counted(
      counter,
      { path },
      async (change) => {
        // The storage itself says why it cannot.
        if (!change.isCounted || (await hasEntries(storage, path))) return storage.removeDirectory(path, how);
        // It may hold interrupted uploads, which go with it.
        const hidden = (await storage.usage?.(path)) ?? NOTHING;
        await storage.removeDirectory(path, how);
        await change.end(isNothing(hidden) ? {} : { gone: { usage: hidden, isCertain: false } });
      },
      how?.signal,
    );
  }

  /** Makes an entry, which takes the place of an interrupted upload of its name. */
  async function make(
    path: VirtualPath,
    made: Usage,
    work: () => Promise<void> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const reservation = new Reservation(counter);
    try {
      if (isLimited) await reservation.take(made, signal);
      await counted(
        counter,
        { path },
        async (change) => {
          // Where a link stands nothing is made; what lies where it leads stays.
          const isFree = change.isCounted && (await publishedAt(storage, path, { followLinks: false })) === undefined;
          const replaced = isFree ? await storage.partial?.(path) : undefined;
          await work();
          await change.end({ added: made, gone: missingEntry(replaced, path), ends: reservation.name });
        },
        signal,
      );
    } finally {
      reservation.release();
    }
  }

  return {
    ...pathMethods(storage, (path) => path),
    ...(listUnlisted && { listUnlisted }),
    links: storage.links,
    ...(storage.makeLink && {
      makeLink: (path, target, how) => make(path, ONE_LINK, () => storage.makeLink?.(path, target, how), how?.signal),
    }),
    ...(storage.space && {
      space: async (path, how) => counter.limitSpace((await storage.space?.(path, how)) ?? UNBOUNDED, how?.signal),
    }),
    stat: (path, how) => storage.stat(path, how),
    list: (path, how) => storage.list(path, how),
    read: (path, range) => storage.read(path, range),
    write,
    ...(open && { openWrite: (path, options) => openWrite(open, path, options) }),
    ...(copy && { copy: (from, to, options = {}) => countedCopy(counting, { from, to, copy, options }) }),
    rename,
    remove,
    makeDirectory: (path, how) => make(path, NOTHING, () => storage.makeDirectory(path, how), how?.signal),
    removeDirectory,
  };
}

/** Takes room for what comes, before it is written. What a cut takes away is given back when the file ends. */
function reserving(file: WritableFile, tally: CountedUpload): FileContent {
  return withCalls(file, {
    async write(bytes, position) {
      await tally.reach(position + bytes.length);
      await file.write(bytes, position);
    },
    async truncate(size) {
      await tally.reach(size);
      await file.truncate(size);
    },
  });
}

async function hasEntries(storage: Storage, path: VirtualPath): Promise<boolean> {
  for await (const entries of storage.list(path, { namesOnly: true })) if (entries.length > 0) return true;
  return false;
}

import {
  baseName,
  type Entry,
  type RemoveOptions,
  type Storage,
  type Upload,
  type Usage,
  type VirtualPath,
  type WriteOptions,
} from '../../core/index.ts';
import { endingOnce } from '../endings.ts';
import { beginning, counted } from './counted-change.ts';
import { listingMethods } from './listing-methods.ts';
import { MeteredSink } from './metered-sink.ts';
import { pathMethods } from './path-methods.ts';
import { goneEntry, isBounded, type Quota, type QuotaBook } from './quota-book.ts';
import { Reservation } from './reservation.ts';
import { UploadTally } from './upload-tally.ts';
import { isNothing, NOTHING, usageOf } from './usage.ts';

const ONE_LINK: Usage = { bytes: 0, files: 1 };
const UNBOUNDED = { free: Infinity, total: Infinity };

/**
 * A storage whose changes are kept in the books of all quotas, and whose files take up no more than this one: each chunk
 * of an upload is reserved before it is written, and one that does not fit ends its upload with `over-quota`, of which
 * nothing is kept. Interrupted uploads that are kept count. A file that is replaced counts once. An account without a
 * bound changes what others may have bounds on.
 */
export function withQuota(storage: Storage, book: QuotaBook, quota: Quota): Storage {
  book.setQuota(quota);
  const isLimited = isBounded(quota);

  async function write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    const { tally, upload } = await UploadTally.open(storage, book, path, options);
    return endingOnce(new MeteredSink(upload.sink, (bytes) => tally.grow(bytes)), {
      replaces: () => upload.replaces(),
      commit: () => tally.commit(),
      suspend: () => tally.suspend(),
      discard: () => tally.discard(),
    });
  }

  /** Counts what comes in, and holds it against nothing. */
  async function writeUnlimited(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    const goesOn = options.at !== undefined;
    const upload = await (goesOn ? resume(path, options) : storage.write(path, options));
    const ending = <Result extends Entry | undefined>(end: () => Promise<Result>): Promise<Result> =>
      counted(book, { path }, async (change) => {
        const replaced = change.isCounted ? await upload.replaces() : undefined;
        const entry = await end();
        await change.end({ added: usageOf(entry), gone: entry && goneEntry(replaced, path) });
        return entry;
      });
    return endingOnce(upload.sink, {
      replaces: () => upload.replaces(),
      commit: () => ending(() => upload.commit()),
      suspend: () => ending(() => upload.suspend()),
      discard: () => upload.discard(),
    });
  }

  async function resume(path: VirtualPath, options: WriteOptions): Promise<Upload> {
    return counted(book, await beginning(storage, path, true), async (change) => {
      const partial = change.isCounted ? await storage.partial?.(path) : undefined;
      const upload = await storage.write(path, options);
      await change.end({ gone: goneEntry(partial, path) });
      return upload;
    });
  }

  function rename(from: VirtualPath, to: VirtualPath): Promise<Entry | undefined> {
    return counted(book, { path: from, to, moves: baseName(from) }, async (change) => {
      const replaced = await storage.rename(from, to);
      await change.end({ gone: goneEntry(replaced, to), moved: true });
      return replaced;
    });
  }

  function remove(path: VirtualPath, options?: RemoveOptions): Promise<Entry> {
    return counted(book, { path }, async (change) => {
      const removed = await storage.remove(path, options);
      await change.end({ gone: goneEntry(removed, path) });
      return removed;
    });
  }

  function removeDirectory(path: VirtualPath): Promise<void> {
    return counted(book, { path }, async (change) => {
      // The storage itself says why it cannot.
      if (!change.isCounted || (await hasEntries(storage, path))) return storage.removeDirectory(path);
      // It may hold interrupted uploads, which go with it.
      const hidden = (await storage.usage?.(path)) ?? NOTHING;
      await storage.removeDirectory(path);
      await change.end(isNothing(hidden) ? {} : { gone: { usage: hidden } });
    });
  }

  /** Makes an entry, which takes the place of an interrupted upload of its name. */
  async function make(path: VirtualPath, made: Usage, work: () => Promise<void> | undefined): Promise<void> {
    const reservation = new Reservation(book);
    try {
      if (isLimited) await reservation.take(made);
      await counted(book, { path }, async (change) => {
        const replaced = change.isCounted ? await storage.partial?.(path) : undefined;
        await work();
        await change.end({ added: made, gone: goneEntry(replaced, path), ends: reservation.name });
      });
    } finally {
      reservation.drop();
    }
  }

  return {
    ...pathMethods(storage, (path) => path),
    ...listingMethods(storage, (path) => path),
    ...(storage.makeLink && {
      makeLink: (path, target) => make(path, ONE_LINK, () => storage.makeLink?.(path, target)),
    }),
    ...(storage.space && { space: async (path) => book.narrow((await storage.space?.(path)) ?? UNBOUNDED) }),
    stat: (path, signal) => storage.stat(path, signal),
    read: (path, range) => storage.read(path, range),
    write: isLimited ? write : writeUnlimited,
    rename,
    remove,
    makeDirectory: (path) => make(path, NOTHING, () => storage.makeDirectory(path)),
    removeDirectory,
  };
}

async function hasEntries(storage: Storage, path: VirtualPath): Promise<boolean> {
  for await (const _ of storage.list(path)) return true;
  return false;
}

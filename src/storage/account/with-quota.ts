import {
  type Space,
  type Storage,
  type Upload,
  type Usage,
  type VirtualPath,
  type WriteOptions,
} from '../../core/index.ts';
import { endingOnce } from '../endings.ts';
import { listingMethods } from './listing-methods.ts';
import { MeteredSink } from './metered-sink.ts';
import { pathMethods } from './path-methods.ts';
import { difference, NOTHING } from './quota-book.ts';
import { type QuotaLedger, usageOf } from './quota-ledger.ts';
import { UploadTally } from './upload-tally.ts';

const ONE_LINK: Usage = { bytes: 0, files: 1 };
const UNBOUNDED: Space = { free: Infinity, total: Infinity };

/**
 * A storage whose files never take up more than the ledger's quota: each chunk of an upload is reserved before it is
 * written, and one that does not fit ends its upload with `over-quota`, of which nothing is kept. Interrupted uploads
 * that are kept count. A file that is replaced counts until its replacement is committed.
 */
export function withQuota(storage: Storage, ledger: QuotaLedger): Storage {
  const change = <Result>(work: () => Promise<Result>): Promise<Result> => ledger.change(storage, work);

  async function write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    const tally = await UploadTally.open(storage, ledger, path, options);
    let upload: Upload;
    try {
      upload = await storage.write(path, options);
    } catch (error) {
      tally.forget();
      throw error;
    }
    const sink = new MeteredSink(upload.sink, (bytes) => tally.grow(bytes));
    return endingOnce(sink, {
      replaces: () => upload.replaces(),
      commit: () => change(() => tally.commit(upload)),
      suspend: () => change(() => tally.suspend(upload)),
      discard: () => change(() => tally.discard(upload)),
    });
  }

  async function removeDirectory(path: VirtualPath): Promise<void> {
    // The storage itself says why it cannot.
    if (await hasEntries(storage, path)) return storage.removeDirectory(path);
    // It may hold interrupted uploads, which go with it.
    const hidden = await storage.usage?.(path);
    await storage.removeDirectory(path);
    if (hidden !== undefined) ledger.give(hidden);
  }

  async function space(path: VirtualPath): Promise<Space> {
    return ledger.narrow((await storage.space?.(path)) ?? UNBOUNDED);
  }

  /** Makes an entry, which takes the place of an interrupted upload of its name. */
  async function make(path: VirtualPath, made: Usage, work: () => Promise<void> | undefined): Promise<void> {
    const replaced = usageOf(await storage.partial?.(path));
    const reservation = ledger.reserve(storage);
    await reservation.take(made);
    try {
      await work();
    } catch (error) {
      reservation.settle(NOTHING);
      throw error;
    }
    reservation.settle(difference(made, replaced));
  }

  return {
    ...pathMethods(storage, (path) => path),
    ...listingMethods(storage, (path) => path),
    ...(storage.makeLink && {
      makeLink: (path, target) => change(() => make(path, ONE_LINK, () => storage.makeLink?.(path, target))),
    }),
    ...(storage.space && { space: (path) => change(() => space(path)) }),
    stat: (path, signal) => storage.stat(path, signal),
    read: (path, range) => storage.read(path, range),
    write: (path, options) => change(() => write(path, options)),
    rename: (from, to) =>
      change(async () => {
        const replaced = await storage.rename(from, to);
        if (replaced !== undefined) ledger.give(usageOf(replaced));
        return replaced;
      }),
    remove: (path) =>
      change(async () => {
        const removed = await storage.remove(path);
        ledger.give(usageOf(removed));
        return removed;
      }),
    makeDirectory: (path) => change(() => make(path, NOTHING, () => storage.makeDirectory(path))),
    removeDirectory: (path) => change(() => removeDirectory(path)),
  };
}

async function hasEntries(storage: Storage, path: VirtualPath): Promise<boolean> {
  for await (const _ of storage.list(path)) return true;
  return false;
}

import type { Endings, Storage, VirtualPath, WriteOptions } from '../core/index.ts';
import { counted, opening } from './counted-change.ts';
import { CountedUpload } from './counted-upload.ts';
import { missingEntry, type QuotaCounter, removedEntry } from './quota-counter.ts';
import { usageOf } from './usage.ts';

/** A file that is being written, and how its end is counted. */
export interface CountedBeginning<Written extends Endings> {
  readonly written: Written;
  readonly endings: Endings;
  /** What takes room for its bytes, where there is a bound. */
  readonly tally?: CountedUpload;
}

export interface CountedStorage {
  readonly storage: Storage;
  readonly counter: QuotaCounter;
  readonly isLimited: boolean;
}

/** Begins to write a file, which is counted against the quota where that has a bound, and for those of others anyhow. */
export async function beginCounted<Written extends Endings>(
  { storage, counter, isLimited }: CountedStorage,
  path: VirtualPath,
  options: WriteOptions,
  begin: () => Promise<Written>,
): Promise<CountedBeginning<Written>> {
  if (isLimited) {
    const { tally, written } = await CountedUpload.open({ storage, counter, path, begin }, options);
    return { written, tally, endings: tally };
  }
  const written = await (options.at === undefined ? begin() : resumed(storage, counter, path, options, begin));
  return { written, endings: counting(written, counter, path) };
}

/** What is gone on with is no interrupted upload any more. */
async function resumed<Written>(
  storage: Storage,
  counter: QuotaCounter,
  path: VirtualPath,
  options: WriteOptions,
  begin: () => Promise<Written>,
): Promise<Written> {
  return opening(storage, counter, path, options, async (change, published) => {
    const isOngoing = change.isCounted && published === undefined;
    const partial = isOngoing ? await storage.partial?.(path) : undefined;
    const written = await begin();
    await change.end({ gone: missingEntry(partial, path) });
    return written;
  });
}

/** Counts what comes in, and holds it against nothing. */
function counting(written: Endings, counter: QuotaCounter, path: VirtualPath): Endings {
  return {
    replaces: () => written.replaces(),
    commit: () =>
      counted(counter, { path }, async (change) => {
        const entry = await written.commit();
        await change.end({ added: usageOf(entry), gone: removedEntry(entry.replaced, path) });
        return entry;
      }),
    suspend: () =>
      counted(counter, { path }, async (change) => {
        const replaced = change.isCounted ? await written.replaces() : undefined;
        const kept = await written.suspend();
        await change.end({ added: usageOf(kept), gone: kept && missingEntry(replaced, path) });
        return kept;
      }),
    discard: () => written.discard(),
  };
}

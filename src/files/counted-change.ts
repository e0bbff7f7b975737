import { randomUUID } from 'node:crypto';
import {
  baseName,
  type Entry,
  type Storage,
  StorageError,
  type VirtualPath,
  type WriteOptions,
} from '../core/index.ts';
import { publishedAt } from './published.ts';
import type { Change, ChangeOutcome, QuotaCounter } from './quota-counter.ts';

/** One change of files, between its announcement and its end. */
export interface CountedChange {
  /** Whether anybody counts there: if not, nothing need be looked at for `end`. */
  readonly isCounted: boolean;
  /** Gives whether what is gone is free again by this change. */
  readonly end: (outcome: ChangeOutcome) => Promise<boolean>;
}

/** Announces a change, makes it, and sees to its end where `work` does not. Nothing else waits meanwhile. */
export async function counted<Result>(
  counter: QuotaCounter,
  where: Omit<Change, 'id'>,
  work: (change: CountedChange) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const id = randomUUID();
  const isCounted = await begun(counter, { id, ...where }, signal);
  let isOpen = isCounted;
  try {
    return await work({
      isCounted,
      end: async (outcome) => {
        if (!isOpen) return false;
        isOpen = false;
        return counter.end(id, outcome);
      },
    });
  } finally {
    if (isOpen) await counter.end(id, {});
  }
}

/** Nobody waits for the answer of one that was given up, which may have been counted all the same. */
async function begun(counter: QuotaCounter, change: Change, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const result = await counter.begin(change, signal);
    if (result !== 'busy') return result === 'counted';
  } catch (error) {
    await counter.end(change.id, {});
    throw error;
  }
  throw new StorageError('busy', 'An upload is replacing this file, and the quota has no room for both');
}

/**
 * The change that opening an upload is. One that goes on with an interrupted upload takes that away, and puts it back where
 * it can't. This is announced where no published file stands, since only then there may be one: elsewhere nothing moves,
 * and what others replace meanwhile is given back.
 * @param open is given the published file
 */
export async function opening<Result>(
  storage: Storage,
  counter: QuotaCounter,
  path: VirtualPath,
  options: WriteOptions,
  open: (change: CountedChange, published: Entry | undefined) => Promise<Result>,
): Promise<Result> {
  const published = (): Promise<Entry | undefined> => publishedAt(storage, path, options);
  const goesOn = options.at !== undefined;
  if (!goesOn || (await published())) {
    const opened = await counted(
      counter,
      { path },
      async (change) => {
        const standing = await published();
        // It has gone since then.
        if (goesOn && standing === undefined) return undefined;
        return { result: await open(change, standing) };
      },
      options.signal,
    );
    if (opened) return opened.result;
  }
  return counted(
    counter,
    { path, moves: baseName(path) },
    async (change) => open(change, await published()),
    options.signal,
  );
}

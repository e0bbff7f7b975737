import { randomUUID } from 'node:crypto';
import { baseName, type Storage, type VirtualPath } from '../core/index.ts';
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
    return await counter.begin(change, signal);
  } catch (error) {
    await counter.end(change.id, {});
    throw error;
  }
}

/**
 * The change that beginning an upload is. One that goes on with an interrupted upload takes that away, under the name where
 * links lead, and puts it back where it can't.
 */
export async function beginning(storage: Storage, path: VirtualPath, goesOn: boolean): Promise<Omit<Change, 'id'>> {
  if (!goesOn) return { path };
  return { path, moves: (await storage.partial?.(path))?.name ?? baseName(path) };
}

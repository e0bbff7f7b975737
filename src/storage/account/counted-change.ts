import { randomUUID } from 'node:crypto';
import type { VirtualPath } from '../../core/index.ts';
import type { Outcome, QuotaBook } from './quota-book.ts';

/** One change of files, between its announcement and its end. */
export interface CountedChange {
  /** Whether anybody counts there: if not, nothing need be looked at for `end`. */
  readonly isCounted: boolean;
  /** Gives whether what is gone is free again by this change. */
  readonly end: (outcome: Outcome) => Promise<boolean>;
}

/** Announces a change, makes it, and sees to its end where `work` does not. Nothing else waits meanwhile. */
export async function counted<Result>(
  book: QuotaBook,
  where: { readonly path: VirtualPath; readonly to?: VirtualPath },
  work: (change: CountedChange) => Promise<Result>,
): Promise<Result> {
  const id = randomUUID();
  const isCounted = await book.begin({ id, ...where });
  let isOpen = isCounted;
  try {
    return await work({
      isCounted,
      end: async (outcome) => {
        if (!isOpen) return false;
        isOpen = false;
        return book.end(id, outcome);
      },
    });
  } finally {
    if (isOpen) await book.end(id, {});
  }
}

import type { CopyOptions, Storage, StoredEntry, Usage, VirtualPath } from '../core/index.ts';
import type { CountedStorage } from './begin-counted.ts';
import { counted } from './counted-change.ts';
import { publishedAt, readableAt } from './published.ts';
import { removedEntry, replacedEntry } from './quota-counter.ts';
import { Reservation } from './reservation.ts';
import { usageOf } from './usage.ts';

interface Copy {
  readonly from: VirtualPath;
  readonly to: VirtualPath;
  readonly copy: NonNullable<Storage['copy']>;
  readonly options: CopyOptions;
}

/** A copy whose room is taken before it is made: what is copied must be then what it was when it was measured. */
export async function countedCopy(
  { storage, counter, isLimited }: CountedStorage,
  { from, to, copy, options }: Copy,
): Promise<StoredEntry> {
  const { signal } = options;
  const source = await readableAt(storage, from, { signal });
  const reservation = new Reservation(counter);
  const work = async (): Promise<StoredEntry> =>
    counted(
      counter,
      { path: to },
      async (change) => {
        if (isLimited) await takeRoom(storage, to, reservation, { bytes: source.size, files: 1 });
        const stored = await copy(from, to, { ...options, unchanged: options.unchanged ?? source });
        reservation.end();
        // Others may have published between the look and the copy: the storage knows.
        const gone = removedEntry(stored.replaced, to);
        await change.end({ added: usageOf(stored), gone, ends: reservation.name });
        return stored;
      },
      signal,
    );
  try {
    return await work();
  } finally {
    reservation.release();
  }
}

/**
 * What the copy takes the place of is claimed first: no other change can then free that room. Through a link nothing is: who
 * moves away what it leads to moves another name.
 */
async function takeRoom(storage: Storage, to: VirtualPath, reservation: Reservation, whole: Usage): Promise<void> {
  const standing = async () =>
    (await publishedAt(storage, to, { followLinks: false })) ?? (await storage.partial?.(to));
  let found = await standing();
  if (found?.kind === 'link') found = undefined;
  // Whoever made it free before has taken it away before.
  if (found && (await reservation.claimReplaced(replacedEntry(found, to)))) found = await standing();
  await reservation.takeWhole(whole, found && replacedEntry(found, to));
}

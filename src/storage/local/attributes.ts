import { chmod, utimes } from 'node:fs/promises';
import { type Attributes, StorageError } from '../../core/index.ts';
import { entryAt, withFileLock } from './changes.ts';
import type { Pinned } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import type { Place } from './place.ts';
import type { LocalStorageSettings } from './settings.ts';

/** The system tells when an entry was made, and lets nobody set it. */
export const SETTABLE = ['modified', 'mode'] as const;

/** What a file system may round a time by. */
const ROUNDED_MS = 2000;

/** Sets what is given, or nothing. @throws StorageError `unsupported` */
export async function setAttributes(
  place: Place,
  { modified, created, mode }: Attributes,
  settings: LocalStorageSettings,
): Promise<void> {
  if (created !== undefined) throw new StorageError('unsupported', 'The storage of this account cannot keep that fact');
  await withFileLock(place, settings, async () => {
    await setModified(place, modified);
    if (mode !== undefined) await onPinned(place, ({ path }) => chmod(path, mode & 0o777));
  });
}

/**
 * A disk that can't keep a year (ext4 ends in 2446, or in 2038) takes the nearest that it can, and says nothing: the old
 * time is put back then.
 */
async function setModified(place: Place, time: Date | undefined): Promise<void> {
  if (time === undefined) return;
  const before = await onPinned(place, async ({ path, stats }) => {
    await utimes(path, stats.atime, time);
    return stats;
  });
  const now = (await entryAt(place))?.modified;
  if (now !== undefined && Math.abs(now.getTime() - time.getTime()) <= ROUNDED_MS) return;
  await onPinned(place, ({ path }) => utimes(path, before.atime, before.mtime));
  throw new StorageError('unsupported', 'The storage of this account cannot keep that time');
}

async function onPinned<Result>(place: Place, work: (pinned: Pinned) => Promise<Result>): Promise<Result> {
  await using pinned = await place.directory.pin(place.name);
  const { kind } = plainEntryOf(place.name, pinned.stats);
  if (kind === 'link') throw new StorageError('busy', 'The entry is being changed');
  return await place.device.threads(() => work(pinned));
}

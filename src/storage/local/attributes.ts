import { chmod, utimes } from 'node:fs/promises';
import { type Attributes, StorageError } from '../../core/index.ts';
import { entryAt, withFileLock } from './changes.ts';
import type { Pinned } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import type { LocalStorageSettings } from './settings.ts';

/** The system tells when an entry was made, and lets nobody set it. */
export const SETTABLE = ['modified', 'mode'] as const;

/** What a file system may round a time by. */
const ROUNDED_MS = 2000;

/** Sets what is given, or nothing. @throws StorageError `unsupported` */
export async function setAttributes(
  location: EntryLocation,
  { modified, created, mode }: Attributes,
  settings: LocalStorageSettings,
): Promise<void> {
  if (created !== undefined) throw new StorageError('unsupported', 'The storage of this account cannot keep that fact');
  await withFileLock(location, settings, async () => {
    await settings.protection.checkChange(location);
    await setModified(location, modified);
    if (mode !== undefined) await onPinned(location, ({ path }) => chmod(path, mode & 0o777));
  });
}

/**
 * A disk that can't keep a year (ext4 ends in 2446, or in 2038) takes the nearest that it can, and says nothing: the old
 * time is put back then.
 */
async function setModified(location: EntryLocation, time: Date | undefined): Promise<void> {
  if (time === undefined) return;
  const before = await onPinned(location, async ({ path, stats }) => {
    await utimes(path, stats.atime, time);
    return stats;
  });
  const now = (await entryAt(location))?.modified;
  if (now !== undefined && isKept(time, now)) return;
  await onPinned(location, ({ path }) => utimes(path, before.atime, before.mtime));
  throw new StorageError('unsupported', 'The storage of this account cannot keep that time');
}

/** Whether a file that was given a time has it. */
export function isKept(time: Date, now: Date): boolean {
  return Math.abs(now.getTime() - time.getTime()) <= ROUNDED_MS;
}

async function onPinned<Result>(location: EntryLocation, work: (pinned: Pinned) => Promise<Result>): Promise<Result> {
  await using pinned = await location.directory.pin(location.name);
  const { kind } = plainEntryOf(location.name, pinned.stats);
  if (kind === 'link') throw new StorageError('busy', 'The entry is being changed');
  return await location.device.threads(() => work(pinned));
}

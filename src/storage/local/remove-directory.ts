import { rmdir } from 'node:fs/promises';
import { StorageError } from '../../core/index.ts';
import { type Directory, removeName } from './directory.ts';
import type { EntryLocation } from './entry-location.ts';
import { unless } from './failures.ts';
import { namesIn } from './listing.ts';
import { isLockHeld } from './lock-link.ts';
import { isFileLock, isJoin, isPartial, isRootLock, isRootLockJournal, isTemporary } from './names.ts';
import { isFreeRoot } from './nested-root.ts';
import type { LocalStorageSettings } from './settings.ts';
import { isLeftOver } from './temporary.ts';

/** Removes an empty directory, or one that holds nothing but what interrupted uploads and other servers left. */
export async function removeDirectory(location: EntryLocation, settings: LocalStorageSettings): Promise<void> {
  const { since } = settings;
  if (location.name === '.') throw new StorageError('denied', 'The root stays');
  await settings.protection.checkRemovedDirectory(location);
  if (await isRemoved(location)) return;
  await using directory = await location.directory.open(location.name);
  // All is looked at before anything goes.
  for await (const name of namesIn(directory)) {
    if (isRootLock(name)) continue;
    if (!isOurs(name)) throw new StorageError('not-empty', 'The directory is not empty');
    if (!(await isLeft(directory, name, since))) {
      throw new StorageError('busy', 'An upload into this directory is under way');
    }
  }
  if (!(await isFreeRoot(directory, settings))) throw new StorageError('busy', 'The directory is in use');
  for await (const name of namesIn(directory)) {
    // What came meanwhile is for the last rmdir to find.
    if (isRootLockJournal(name) || (isOurs(name) && (await isLeft(directory, name, since))))
      await removeName(directory, name);
  }
  await location.directory.device.threads(() => rmdir(location.path));
}

/** What a directory may hold that counts as empty. */
function isOurs(name: string): boolean {
  return isPartial(name) || isTemporary(name) || isJoin(name) || isFileLock(name);
}

/** Whether no process is at work on it. The lock of such a process lies beside a record. */
async function isLeft(directory: Directory, name: string, since: number): Promise<boolean> {
  if (isTemporary(name)) return isLeftOver(directory, name, since);
  return !isFileLock(name) || !(await isLockHeld(directory, name));
}

async function isRemoved(location: EntryLocation): Promise<boolean> {
  const done = await unless(
    ['ENOTEMPTY', 'EEXIST'],
    location.directory.device.threads(() => rmdir(location.path).then(() => true)),
  );
  return done ?? false;
}

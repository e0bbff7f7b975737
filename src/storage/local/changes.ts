import { chown, mkdir, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import {
  changedMeanwhile,
  type Entry,
  encodeText,
  interrupted,
  isSameEntry,
  notFound,
  type RemoveOptions,
  StorageError,
} from '../../core/index.ts';
import { relativeTarget } from '../link-target.ts';
import { removeName } from './directory.ts';
import { entryOf, plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { unless } from './failures.ts';
import { replacing } from './file-keeper.ts';
import { acquireLock, acquireLocks, type FileLock } from './file-lock.ts';
import { finishJoin } from './finish-join.ts';
import { JOIN_FROM_BYTES } from './join.ts';
import { beforeJoin } from './join-record.ts';
import { look } from './look.ts';
import { checkName, partialName, temporaryName } from './names.ts';
import { dropOldName, moveBesideNothing } from './old-name.ts';
import { UNCHANGED } from './open-flags.ts';
import type { Protection } from './protection.ts';
import type { LocalStorageSettings } from './settings.ts';
import { splitPath } from './steps.ts';

/** The entry itself, not what a link leads to. */
export async function entryAt(location: EntryLocation): Promise<Entry | undefined> {
  const stats = await look(location.directory, location.name);
  return stats && beforeJoin(location.directory, location.name, plainEntryOf(location.name, stats));
}

/**
 * Changes the entry of a name under the lock of that name. Without it, an append that works from the file as it was would
 * undo the change, or the change would remove the file that the append has just extended.
 */
export async function withFileLock<Result>(
  location: EntryLocation,
  { processes }: LocalStorageSettings,
  change: (entry: Entry | undefined) => Promise<Result>,
): Promise<Result> {
  const found = await entryAt(location);
  // What comes to stand there after this look is not seen, and so not changed without the lock.
  if (isNoFile(found)) return change(found);
  await using lock = await acquireLock(location.directory, location.name, processes);
  return await change(await recoveredEntry(location, lock));
}

/** The entry, once a join that a crash interrupted is finished: its record would not move with the file. */
async function recoveredEntry(location: EntryLocation, lock: FileLock): Promise<Entry | undefined> {
  const { directory, name } = location;
  const stats = await look(directory, name);
  if (lock.isHeld && stats?.isFile() && stats.size >= JOIN_FROM_BYTES) await finishJoin(directory, name);
  return entryAt(location);
}

/** Nobody uploads to a directory. An upload to a missing file only makes a new one. */
function isNoFile(entry: Entry | undefined): boolean {
  return entry === undefined || entry.kind === 'directory';
}

/** The interrupted upload of this name; without looking whether a published file hides it. */
export async function partialAt(location: EntryLocation): Promise<Entry | undefined> {
  const stats = await look(location.directory, partialName(location.name));
  return stats && entryOf(location.name, stats);
}

/** Why there is nothing to be had at a place without an entry. */
export async function missingAt(location: EntryLocation): Promise<StorageError> {
  const partial = await partialAt(location);
  return partial === undefined ? notFound() : interrupted();
}

/** What a file that gets this name would take the place of. */
export async function standingAt(location: EntryLocation): Promise<Entry | undefined> {
  return (await entryAt(location)) ?? (await partialAt(location));
}

/** Gives what it was. */
export async function removePartial(location: EntryLocation): Promise<Entry | undefined> {
  const { directory, name } = location;
  if ((await partialAt(location)) === undefined) return undefined;
  // Uploads take it up, and keep others under its name: what has a name of its own is what is removed.
  const aside = temporaryName();
  const moved = directory.device.threads(() =>
    rename(directory.at(partialName(name)), directory.at(aside)).then(() => true),
  );
  if (!(await unless(['ENOENT'], moved))) return undefined;
  const stats = await look(directory, aside);
  await removeName(directory, aside);
  return stats && entryOf(name, stats);
}

export function removeFile(
  location: EntryLocation,
  { unchanged }: RemoveOptions,
  settings: LocalStorageSettings,
): Promise<Entry> {
  return withFileLock(location, settings, async (entry) => {
    if (entry?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
    const found = entry ?? (await partialAt(location));
    if (found === undefined) throw notFound();
    if (unchanged && found.kind !== 'link' && !isSameEntry(found, unchanged)) throw changedMeanwhile();
    await settings.protection.checkChange(location);
    if (entry && settings.keeper) await settings.keeper.keepRemoved(location);
    else if (entry) await location.directory.device.threads(() => unlink(location.path));
    const removed = entry ?? (await removePartial(location));
    if (removed === undefined) throw notFound();
    return removed;
  });
}

interface Move {
  /** What the entry leads to, where it is a link. */
  readonly reached: () => Promise<Entry | undefined>;
  /** The file as it must be still. */
  readonly unchanged: Entry | undefined;
  /** It takes the place of nothing. */
  readonly exclusive: boolean;
}

/** Moves an entry; gives what it replaced. */
export async function moveEntry(
  from: EntryLocation,
  to: EntryLocation,
  settings: LocalStorageSettings,
  how: Move,
): Promise<Entry | undefined> {
  const found = await entryAt(from);
  if (found === undefined) throw await missingAt(from);
  // Nothing moves. Whoever looked twice might take what was published in between for what was replaced.
  if (await isSameLocation(from, to)) {
    if (how.exclusive) throw taken();
    return undefined;
  }
  if (isNoFile(found)) return move(from, found, to, settings, how);
  await using lock = await acquireLocks([from, to], settings.processes);
  return await move(from, await recoveredEntry(from, lock), to, settings, how);
}

/** A directory has many paths, through links. */
async function isSameLocation(one: EntryLocation, other: EntryLocation): Promise<boolean> {
  if (one.name !== other.name) return false;
  const [a, b] = await Promise.all([one, other].map(({ directory }) => look(directory, '.')));
  return a?.ino === b?.ino && a?.dev === b?.dev;
}

async function move(
  from: EntryLocation,
  moved: Entry | undefined,
  to: EntryLocation,
  { durable, keeper, protection }: LocalStorageSettings,
  { reached, unchanged, exclusive }: Move,
): Promise<Entry | undefined> {
  if (moved === undefined) throw await missingAt(from);
  if (unchanged && moved.kind === 'file' && !isSameEntry(moved, unchanged)) throw changedMeanwhile();
  const published = await entryAt(to);
  const isDirectory = moved.kind === 'directory' || published?.kind === 'directory';
  if (published !== undefined && exclusive) throw taken();
  if (published !== undefined && published.unique === moved.unique) {
    // Two names of one file, such as a crash in a move leaves: rename(2) would leave both.
    if (moved.kind === 'file') {
      await checkMove(moved.kind, from, to, protection);
      await dropOldName(from, to, moved);
    }
    return moved.kind === 'file' ? published : undefined;
  }
  if (published !== undefined && isDirectory) throw taken();
  await checkMove(moved.kind, from, to, protection);
  // A link in the place of what it leads to would lead to itself, and the file would be gone.
  const isOwnTarget =
    moved.kind === 'link' && published?.kind === 'file' && (await reached())?.unique === published.unique;
  if (isOwnTarget) throw new StorageError('exists', 'The link leads to this file');
  if (exclusive && moved.kind === 'file') await moveBesideNothing(from, to, moved, durable);
  else {
    await replacing(to, published && keeper, () => to.directory.device.threads(() => rename(from.path, to.path)));
  }
  const partial = await removePartial(to);
  return published ?? partial;
}

async function checkMove(
  kind: Entry['kind'],
  from: EntryLocation,
  to: EntryLocation,
  protection: Protection,
): Promise<void> {
  if (kind === 'directory') return protection.checkMovedDirectory(from, to);
  await protection.checkChange(from);
  await (kind === 'link' ? protection.checkLink(to) : protection.checkName(to));
}

function taken(): StorageError {
  return new StorageError('exists', 'An entry of this name exists');
}

export async function makeDirectory(location: EntryLocation, settings: LocalStorageSettings): Promise<void> {
  const { device } = location.directory;
  await device.threads(() => mkdir(location.path, { mode: settings.directoryMode }));
  try {
    if (settings.fileGroup !== undefined) await giveDirectory(location, settings.fileGroup, settings.durable);
  } catch (error) {
    await device.threads(() => rmdir(location.path));
    throw error;
  }
  await removePartial(location);
}

/** Its setgid bit, where a directory around it gave it one, stays: what others make in it gets the group too. */
async function giveDirectory(location: EntryLocation, group: number, durable: boolean): Promise<void> {
  await using pinned = await location.directory.pin(location.name);
  if (!pinned.stats.isDirectory()) throw new StorageError('busy', 'The entry is being changed');
  await location.device.threads(() => chown(pinned.path, UNCHANGED, group));
  if (!durable) return;
  await using made = await location.directory.open(location.name);
  await made.sync();
}

export async function makeLink(
  location: EntryLocation,
  target: string,
  { processes, protection }: LocalStorageSettings,
): Promise<void> {
  for (const name of splitPath(target)) {
    if (name !== '..') checkName(name);
  }
  const text = encodeText(relativeTarget(target, location.chain));
  await using _ = await acquireLock(location.directory, location.name, processes);
  await protection.checkLink(location);
  await location.directory.device.threads(() => symlink(text, location.path));
  await removePartial(location);
}

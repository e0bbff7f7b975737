import { mkdir, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import { type Entry, encodeText, StorageError } from '../../core/index.ts';
import { relativeTarget } from '../link-target.ts';
import { removeName } from './directory.ts';
import { entryOf, plainEntryOf } from './entries.ts';
import { unless } from './failures.ts';
import { settleJoin } from './join.ts';
import { beforeJoin, isJoining } from './join-record.ts';
import { namesIn } from './listing.ts';
import { look } from './look.ts';
import { checkName, isJoin, isPartial, isTemporary, partialName } from './names.ts';
import type { Place } from './place.ts';
import { splitPath } from './steps.ts';
import { isLeftOver } from './temporary.ts';

/** The entry itself, not what a link leads to. */
export async function entryAt(place: Place): Promise<Entry | undefined> {
  const stats = await look(place.directory, place.name);
  return stats && beforeJoin(place.directory, place.name, plainEntryOf(place.name, stats));
}

/** The same, without a join under way: its record would not go with it. */
async function settledAt(place: Place): Promise<Entry | undefined> {
  const stats = await look(place.directory, place.name);
  if (stats === undefined) return undefined;
  const entry = plainEntryOf(place.name, stats);
  if (!isJoining(entry)) return entry;
  await settleJoin(place.directory, place.name);
  return entryAt(place);
}

/** The interrupted upload of this name; without looking whether a published file hides it. */
export async function partialAt(place: Place): Promise<Entry | undefined> {
  const stats = await look(place.directory, partialName(place.name));
  return stats && entryOf(place.name, stats);
}

/** Why there is nothing to be had at a place without an entry. */
export async function missingAt(place: Place): Promise<StorageError> {
  const partial = await partialAt(place);
  return partial === undefined
    ? new StorageError('not-found', 'No such file or directory')
    : new StorageError('incomplete', 'The upload of this file was interrupted');
}

export async function removePartial(place: Place): Promise<void> {
  const { directory } = place;
  const name = partialName(place.name);
  if (await look(directory, name)) await removeName(directory, name);
}

export async function removeFile(place: Place): Promise<Entry> {
  const entry = await entryAt(place);
  if (entry?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  const removed = entry ?? (await partialAt(place));
  if (removed === undefined) throw await missingAt(place);
  await (entry === undefined ? removePartial(place) : place.directory.device.threads(() => unlink(place.path)));
  return removed;
}

/** Moves an entry; gives what it replaced. @param reached what the entry leads to, where it is a link */
export async function moveEntry(
  from: Place,
  to: Place,
  reached: () => Promise<Entry | undefined>,
): Promise<Entry | undefined> {
  const moved = await settledAt(from);
  if (moved === undefined) throw await missingAt(from);
  const published = await entryAt(to);
  const isDirectory = moved.kind === 'directory' || published?.kind === 'directory';
  if (published?.unique === moved.unique) return undefined;
  if (published !== undefined && isDirectory) throw new StorageError('exists', 'An entry of this name exists');
  // A link in the place of what it leads to would lead to itself, and the file would be gone.
  const isOwnTarget =
    moved.kind === 'link' && published?.kind === 'file' && (await reached())?.unique === published.unique;
  if (isOwnTarget) throw new StorageError('exists', 'The link leads to this file');
  const replaced = published ?? (await partialAt(to));
  await to.directory.device.threads(() => rename(from.path, to.path));
  await removePartial(to);
  return replaced;
}

export async function makeDirectory(place: Place, mode: number): Promise<void> {
  await place.directory.device.threads(() => mkdir(place.path, { mode }));
  await removePartial(place);
}

export async function makeLink(place: Place, target: string): Promise<void> {
  for (const name of splitPath(target)) {
    if (name !== '..') checkName(name);
  }
  const text = encodeText(relativeTarget(target, place.chain));
  await place.directory.device.threads(() => symlink(text, place.path));
  await removePartial(place);
}

/**
 * Removes an empty directory, or one that holds nothing but what interrupted uploads left.
 * @param since when the service began, in milliseconds since 1970
 */
export async function removeDirectory(place: Place, since: number): Promise<void> {
  if (place.name === '.') throw new StorageError('denied', 'The root stays');
  if (await isRemoved(place)) return;
  await using directory = await place.directory.open(place.name);
  // All is looked at before anything goes.
  for await (const name of namesIn(directory)) {
    if (isPartial(name)) continue;
    if (!isTemporary(name)) throw new StorageError('not-empty', 'The directory is not empty');
    if (!(await isLeftOver(directory, name, since))) {
      throw new StorageError('busy', 'An upload into this directory is under way');
    }
  }
  for await (const name of namesIn(directory)) {
    // What came meanwhile is for the last rmdir to find.
    const goes = isPartial(name) || isJoin(name) || (isTemporary(name) && (await isLeftOver(directory, name, since)));
    if (goes) await removeName(directory, name);
  }
  await place.directory.device.threads(() => rmdir(place.path));
}

async function isRemoved(place: Place): Promise<boolean> {
  const done = await unless(
    ['ENOTEMPTY', 'EEXIST'],
    place.directory.device.threads(() => rmdir(place.path).then(() => true)),
  );
  return done ?? false;
}

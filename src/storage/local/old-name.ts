import { link, rename } from 'node:fs/promises';
import { changedMeanwhile, type Entry } from '../../core/index.ts';
import { type Directory, removeName } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { errorCode, unless } from './failures.ts';
import { look } from './look.ts';
import { temporaryName } from './names.ts';

/** Why a file gets no further name, where that is no failure of the medium. */
const NO_SECOND_NAME = ['EPERM', 'EACCES', 'ENOTSUP', 'ENOSYS', 'EMLINK'];

/**
 * Gives a file the name `to`, and fails with EEXIST where anything has it by now, another program's file too. Where the file
 * system has no further names, or keeps them from those who do not own the file, the locks of both names do the same among servers.
 */
export async function moveBesideNothing(
  from: EntryLocation,
  to: EntryLocation,
  moved: Entry,
  durable: boolean,
): Promise<void> {
  const { directory } = to;
  const { device } = directory;
  const linked = await unless(
    NO_SECOND_NAME,
    device.threads(() => link(from.path, to.path).then(() => true)),
  );
  if (!linked) {
    await device.threads(() => rename(from.path, to.path));
    return;
  }
  if (!(await isAt(to, moved))) {
    // Another program was faster: what it put there has got the new name too, and keeps its own.
    await removeName(directory, to.name);
    throw changedMeanwhile();
  }
  try {
    // Its new name must not be lost after the old one.
    if (durable) await directory.sync();
    await dropOldName(from, to, moved);
  } catch (error) {
    if (await isAt(from, moved)) await removeName(directory, to.name);
    throw error;
  }
}

/**
 * Takes the old name from a file that has its new one already. What stands under the old name goes aside before it is looked
 * at, and has its name again where it is another program's file: looked at in its place, it could be replaced before it goes.
 */
export async function dropOldName(from: EntryLocation, to: EntryLocation, moved: Entry): Promise<void> {
  const { directory } = from;
  const { device } = directory;
  const stats = await look(directory, from.name);
  if (stats === undefined || plainEntryOf(from.name, stats).unique !== moved.unique) return;
  // Where a directory does not tell cases apart, both names are one: the file never stands under another.
  if (stats.nlink === 1n && (await isAt(to, moved))) {
    await device.threads(() => rename(from.path, to.path));
    return;
  }
  const aside = temporaryName();
  const isAside = device.threads(() => rename(from.path, directory.at(aside)).then(() => true));
  // Another program was faster: the file is under its new name alone.
  if (!(await unless(['ENOENT'], isAside))) return;
  const isOurs = await isFileAt(directory, aside, moved);
  if (!isOurs || !(await isAt(to, moved))) await giveFreeName(directory, aside, isOurs ? to : from);
  await removeName(directory, aside);
}

/** Gives what is aside a name, unless something has that by now, which took the place of this file. */
async function giveFreeName(directory: Directory, aside: string, place: EntryLocation): Promise<void> {
  const { device } = directory;
  try {
    await device.threads(() => link(directory.at(aside), place.path));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (!NO_SECOND_NAME.includes(errorCode(error))) throw error;
    if ((await look(place.directory, place.name)) !== undefined) return;
    await device.threads(() => rename(directory.at(aside), place.path));
  }
}

function isAt({ directory, name }: EntryLocation, file: Entry): Promise<boolean> {
  return isFileAt(directory, name, file);
}

async function isFileAt(directory: Directory, name: string, { unique }: Entry): Promise<boolean> {
  const stats = await look(directory, name);
  return stats !== undefined && plainEntryOf(name, stats).unique === unique;
}

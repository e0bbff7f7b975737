import { link, rename } from 'node:fs/promises';
import { changedMeanwhile, type Entry } from '../../core/index.ts';
import { type Directory, removeName } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { unless } from './failures.ts';
import { look } from './look.ts';
import { temporaryName } from './names.ts';

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
    ['EPERM', 'EACCES', 'ENOTSUP', 'ENOSYS', 'EMLINK'],
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
  if (!(await isAt(from, moved))) return;
  const aside = temporaryName();
  const isAside = device.threads(() => rename(from.path, directory.at(aside)).then(() => true));
  // Another program was faster: the file is under its new name alone.
  if (!(await unless(['ENOENT'], isAside))) return;
  const isOurs = await isFileAt(directory, aside, moved);
  // Where a directory does not tell cases apart, both names were one.
  if (!isOurs || !(await isAt(to, moved))) {
    const place = isOurs ? to : from;
    // What has the name by now took the place of this file.
    await unless(
      ['EEXIST'],
      device.threads(() => link(directory.at(aside), place.path)),
    );
  }
  await removeName(directory, aside);
}

function isAt({ directory, name }: EntryLocation, file: Entry): Promise<boolean> {
  return isFileAt(directory, name, file);
}

async function isFileAt(directory: Directory, name: string, { unique }: Entry): Promise<boolean> {
  const stats = await look(directory, name);
  return stats !== undefined && plainEntryOf(name, stats).unique === unique;
}

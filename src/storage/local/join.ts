import { type FileHandle, open } from 'node:fs/promises';
import { changedMeanwhile, type StoredEntry } from '../../core/index.ts';
import type { Device } from '../../disk/index.ts';
import { copyRange } from './copy-range.ts';
import { removeName } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { unless } from './failures.ts';
import { finishJoin } from './finish-join.ts';
import { isJoining, JOINING, RECORD_BYTES, recordBytes } from './join-record.ts';
import { look, lookAt } from './look.ts';
import { joinName } from './names.ts';
import { CHANGE_FILE } from './open-flags.ts';
import type { Temporary } from './temporary.ts';

/** Smaller files are copied: that costs less than what a join writes for safety. */
export const JOIN_FROM_BYTES = 1024 * 1024;

interface Joining {
  readonly location: EntryLocation;
  /** A record's room, then the bytes to be joined. */
  readonly aside: Temporary;
  readonly length: number;
  readonly durable: boolean;
  /** What the file's size must be. */
  readonly expected?: number;
}

/**
 * Appends the received bytes to the file in place, at the cost of those bytes alone. The caller holds the lock of the file.
 * The record makes the append atomic: it is on the medium before the first byte is joined, and the next holder of the lock
 * after a crash finishes the join (`finishJoin`). While the record exists, readers get the file as it was. Yields between
 * its steps.
 *
 * Gives the entry; undefined where it can't be done so, and nothing was: a small file, one with further names, which are to
 * stay as they are, or one that this process may replace but not write to or mark.
 */
export async function* join(joining: Joining): AsyncGenerator<string, StoredEntry | undefined> {
  const { location, aside, length, durable, expected } = joining;
  const { directory, name } = location;
  const { device } = directory;
  await finishJoin(directory, name);
  await using target = await openTarget(location);
  if (target === undefined) return undefined;
  const { handle } = target;
  const stats = await lookAt(handle, device);
  const before = plainEntryOf(name, stats);
  // The mark of somebody else would tell readers nothing.
  if (!stats.isFile() || isJoining(before) || stats.nlink !== 1n || stats.size < JOIN_FROM_BYTES) return undefined;
  if (expected !== undefined && before.size !== expected) throw changedMeanwhile();
  const { size, unique = '' } = before;
  const mode = (before.mode ?? 0) & 0o777;
  await device.threads(() =>
    aside.handle.write(recordBytes({ name, aside: aside.name, unique, size, mode, length }), 0, RECORD_BYTES, 0),
  );
  if (durable) await device.threads(() => aside.handle.datasync());
  yield 'what came is aside';
  if (!(await aside.linkAs(joinName(name)))) return undefined;
  let isConsistent = true;
  try {
    yield 'the record has its name';
    if (durable) await directory.sync();
    const now = await look(directory, name);
    // Somebody may have replaced it or taken it away, or a program of the host written to it.
    if (now?.ino !== stats.ino || now.size !== stats.size) return undefined;
    if (!(await isMarked(handle, mode, device))) return undefined;
    yield 'the file is marked';
    try {
      yield* copyRange(aside.handle, handle, { from: RECORD_BYTES, to: size, length, device });
      if (durable) await device.threads(() => handle.datasync());
    } catch (error) {
      // Where this fails too, the record stays to tell what the file was.
      isConsistent = false;
      await device.threads(() => handle.truncate(size));
      await device.threads(() => handle.chmod(mode));
      isConsistent = true;
      throw error;
    }
    yield 'the bytes are joined';
    await device.threads(() => handle.chmod(mode));
    yield 'the mark is gone';
  } finally {
    if (isConsistent) await removeName(directory, joinName(name));
  }
  yield 'the record is gone';
  if (durable) await directory.sync();
  await aside.remove();
  return { ...plainEntryOf(name, await lookAt(handle, device)), replaced: before };
}

async function openTarget(
  location: EntryLocation,
): Promise<(AsyncDisposable & { readonly handle: FileHandle }) | undefined> {
  const { device } = location;
  const handle = await unless(
    ['ENOENT', 'EACCES', 'EPERM', 'ETXTBSY', 'EISDIR', 'ELOOP'],
    device.threads(() => open(location.path, CHANGE_FILE)),
  );
  return handle && { handle, [Symbol.asyncDispose]: () => device.threads(() => handle.close()) };
}

/** Marks a file. False where only its owner may, where the system keeps no such bit on files, or pretends that it does. */
async function isMarked(handle: FileHandle, mode: number, device: Device): Promise<boolean> {
  const marked = await unless(
    ['EPERM', 'EACCES', 'EFTYPE', 'ENOTSUP', 'EINVAL'],
    device.threads(() => handle.chmod(mode | JOINING)).then(() => lookAt(handle, device)),
  );
  return marked !== undefined && (marked.mode & BigInt(JOINING)) !== 0n;
}

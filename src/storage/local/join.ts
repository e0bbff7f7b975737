import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { type Entry, StorageError } from '../../core/index.ts';
import { copyRange } from './copy-range.ts';
import { type Directory, removeName } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import { unless } from './failures.ts';
import { isAtWork, isJoining, JOINING, type JoinRecord, openRecord, RECORD_BYTES, recordBytes } from './join-record.ts';
import { look, lookAt } from './look.ts';
import { joinName } from './names.ts';
import { CHANGE_FILE } from './open-flags.ts';
import type { Place } from './place.ts';
import type { Temporary } from './temporary.ts';

/** Smaller files are copied: that costs less than what a join writes for safety. */
const JOIN_FROM_BYTES = 1024 * 1024;
/** How long a join to a file waits for another one; then the file is busy. */
const MAX_WAIT_MS = 30_000;
const LOOK_AGAIN_MS = 20;
/** Others that join to the file time and again, or a record that can't be read: then it is copied. */
const MAX_ATTEMPTS = 10;

interface Joining {
  readonly place: Place;
  /** A record's room, then the bytes to be joined. */
  readonly aside: Temporary;
  readonly length: number;
  readonly durable: boolean;
  /** What the file's size must be. */
  readonly expected?: number;
}

/**
 * Puts what came behind the file, in place, at the cost of what came. The record makes it whole or not at all: it is on the
 * medium before the first byte is joined, and whoever finds it later finishes the join (`finishJoin`). Until it is gone,
 * readers are given the file as it was. Yields between its steps.
 *
 * Gives the entry; undefined where it can't be done so, and nothing was: a small file, one with further names, which are to
 * stay as they are, or one that this process may replace but not write to.
 */
export async function* join(joining: Joining): AsyncGenerator<string, Entry | undefined> {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
    const outcome = yield* attemptJoin(joining);
    if (outcome !== 'again') return outcome;
    await settleJoin(joining.place.directory, joining.place.name);
  }
  return undefined;
}

async function* attemptJoin(joining: Joining): AsyncGenerator<string, Entry | 'again' | undefined> {
  const { place, aside, length, durable, expected } = joining;
  const { directory, name } = place;
  const { device } = directory;
  await using target = await openTarget(place);
  if (target === undefined) return undefined;
  const { handle } = target;
  const stats = await lookAt(handle, device);
  const before = plainEntryOf(name, stats);
  if (isJoining(before)) {
    await using open = await openRecord(directory, name);
    return open && 'again';
  }
  if (!stats.isFile() || stats.nlink !== 1n || stats.size < JOIN_FROM_BYTES) return undefined;
  if (expected !== undefined && before.size !== expected) throw changedMeanwhile();
  const { size, unique = '' } = before;
  const mode = (before.mode ?? 0) & 0o777;
  await device.threads(() =>
    aside.handle.write(recordBytes({ name, aside: aside.name, unique, size, mode, length }), 0, RECORD_BYTES, 0),
  );
  if (durable) await device.threads(() => aside.handle.datasync());
  yield 'what came is aside';
  const linked = await aside.linkAs(joinName(name));
  if (linked !== 'linked') return linked === 'taken' ? 'again' : undefined;
  let isSettled = true;
  try {
    yield 'the record has its name';
    if (durable) await directory.sync();
    const now = await look(directory, name);
    // Between the look at the file and the record somebody else may have joined to it, or taken it away.
    const isSame = now?.ino === stats.ino && now.size === stats.size && (now.mode & BigInt(JOINING)) === 0n;
    if (!isSame) return 'again';
    await device.threads(() => handle.chmod(mode | JOINING));
    yield 'the file is marked';
    try {
      yield* copyRange(aside.handle, handle, { from: RECORD_BYTES, to: size, length, device });
      if (durable) await device.threads(() => handle.datasync());
    } catch (error) {
      // Where this fails too, the record stays to tell what the file was.
      isSettled = false;
      await device.threads(() => handle.truncate(size));
      await device.threads(() => handle.chmod(mode));
      isSettled = true;
      throw error;
    }
    yield 'the bytes are joined';
    await device.threads(() => handle.chmod(mode));
    yield 'the mark is gone';
  } finally {
    if (isSettled) await removeName(directory, joinName(name));
  }
  yield 'the record is gone';
  if (durable) await directory.sync();
  await aside.remove();
  return plainEntryOf(name, await lookAt(handle, device));
}

/**
 * Waits until no join to the file is under way, and finishes one whose process is gone.
 * @throws StorageError `busy` where that takes too long
 */
export async function settleJoin(directory: Directory, name: string): Promise<void> {
  for (const deadline = performance.now() + MAX_WAIT_MS; performance.now() < deadline; ) {
    await using open = await openRecord(directory, name);
    if (open === undefined) return;
    if (!isAtWork(open.record)) return await finishJoin(directory, name);
    await setTimeout(LOOK_AGAIN_MS);
  }
  throw new StorageError('busy', 'Another upload is being appended to this file');
}

const finishing = new Map<string, Promise<void>>();

/** Finishes a join that a crash ended, where the file is the one that it was begun with. */
export function finishJoin(directory: Directory, name: string): Promise<void> {
  const key = String(directory.at(joinName(name)));
  const running = finishing.get(key) ?? finish(directory, name).finally(() => finishing.delete(key));
  finishing.set(key, running);
  return running;
}

async function finish(directory: Directory, name: string): Promise<void> {
  await using open = await openRecord(directory, name);
  if (open === undefined || isAtWork(open.record)) return;
  await redo(directory, name, open.handle, open.record);
  await removeName(directory, open.record.aside);
  await removeName(directory, joinName(name));
  await directory.sync();
}

async function redo(directory: Directory, name: string, from: FileHandle, record: JoinRecord): Promise<void> {
  const { device } = directory;
  const { size, length, mode } = record;
  // A turn (`takeAppendTurn`): the file, which may be one that can't be written to, is as it should be.
  if (record.unique === '') return;
  const handle = await unless(
    ['ENOENT', 'ELOOP', 'EISDIR'],
    device.threads(() => open(directory.at(name), CHANGE_FILE)),
  );
  if (handle === undefined) return;
  try {
    const entry = plainEntryOf(name, await lookAt(handle, device));
    if (entry.unique !== record.unique) return;
    // Beyond these somebody else has written to it, and what is whose can't be told.
    if (entry.size >= size && entry.size <= size + length) {
      try {
        for await (const _ of copyRange(from, handle, { from: RECORD_BYTES, to: size, length, device }));
        await device.threads(() => handle.datasync());
      } catch {
        // No room: the upload was not confirmed, so the file may be as it was.
        await device.threads(() => handle.truncate(size));
      }
    }
    await device.threads(() => handle.chmod(mode));
  } finally {
    await device.threads(() => handle.close());
  }
}

export function changedMeanwhile(): StorageError {
  return new StorageError('busy', 'The file was changed meanwhile');
}

async function openTarget(place: Place): Promise<(AsyncDisposable & { readonly handle: FileHandle }) | undefined> {
  const { device } = place;
  const handle = await unless(
    ['ENOENT', 'EACCES', 'EPERM', 'ETXTBSY', 'EISDIR', 'ELOOP'],
    device.threads(() => open(place.path, CHANGE_FILE)),
  );
  return handle && { handle, [Symbol.asyncDispose]: () => device.threads(() => handle.close()) };
}

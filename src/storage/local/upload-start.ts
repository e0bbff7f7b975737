import { type FileHandle, open, statfs } from 'node:fs/promises';
import { type Entry, notFound, StorageError, type TargetOptions, type WriteOptions } from '../../core/index.ts';
import { writePosition } from '../ranges.ts';
import { CopiedBase } from './copied-base.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { unless } from './failures.ts';
import { recoverJoin } from './finish-join.ts';
import { isJoining, RECORD_BYTES } from './join-record.ts';
import { lookAt } from './look.ts';
import { READ_FILE } from './open-flags.ts';
import { Temporary } from './temporary.ts';

export interface UploadStart {
  readonly temporary: Temporary;
  /** Where in it the first byte of the upload goes; how much of it is an interrupted upload, where bytes may go anywhere. */
  readonly position: number;
  /** The published file that it goes into the middle of. */
  readonly base?: CopiedBase;
  /** It goes to the end of the published file. */
  readonly append?: { readonly expected: number | undefined };
  /** It goes on before the end of an interrupted upload, whose own end was never published, and must not be. */
  readonly leavesEnd?: boolean;
  /** It is to go to the end of a file that was not there yet, and may be when it ends. */
  readonly isFirst?: boolean;
}

/** How a file is written. `anywhere`: bytes may go to any place of the published file, or of the interrupted upload. */
export interface StartOptions extends Omit<WriteOptions, 'at'> {
  readonly at?: WriteOptions['at'] | 'anywhere';
}

/** @throws StorageError where a file may not take the place of what is there */
export function checkReplaceable(
  published: Entry | undefined,
  { exclusive = false, existing = false }: TargetOptions,
): void {
  if (published?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  if (published !== undefined && exclusive) throw new StorageError('exists', 'The file exists');
  if (published === undefined && existing) throw notFound();
}

/**
 * The file that an upload is written to: that of the interrupted upload, or a new one. A published file stays as it is
 * until the commit, and is not waited for: the peer is told to begin at once, however large it is.
 */
export async function startUpload(
  location: EntryLocation,
  options: StartOptions,
  durable: boolean,
): Promise<UploadStart> {
  const { at, existing = false } = options;
  const stats = await location.seen();
  const published = stats && plainEntryOf(location.name, stats);
  checkReplaceable(published, options);
  if (at === undefined) return startEmpty(location, options);
  const ongoing = published && (await startFromPublished(location, at, options, durable));
  if (ongoing !== undefined) return ongoing;
  if (existing) throw notFound();
  return {
    ...((await startFromPartial(location, at, options)) ?? (await startEmpty(location, options))),
    isFirst: at === 'end',
  };
}

type At = NonNullable<StartOptions['at']>;

/** What goes anywhere may go behind all that is there. */
function positionIn(size: number, at: At): number {
  return writePosition(at === 'anywhere' ? 'end' : at, size);
}

async function startEmpty(location: EntryLocation, options: StartOptions): Promise<UploadStart> {
  const position = positionIn(0, options.at ?? 0);
  await refuseWithoutRoom(location, options, position);
  return { temporary: await Temporary.create(location), position };
}

async function startFromPartial(
  location: EntryLocation,
  at: At,
  options: StartOptions,
): Promise<UploadStart | undefined> {
  const claimed = await Temporary.claimPartial(location, (size) => positionIn(size, at));
  if (claimed === undefined) return undefined;
  const { temporary, position, size } = claimed;
  try {
    await refuseWithoutRoom(location, options, position);
    return { temporary, position, leavesEnd: at === 'anywhere' || position < size };
  } catch (error) {
    await temporary.keep();
    throw error;
  }
}

/** Undefined where the file has gone meanwhile. */
async function startFromPublished(
  location: EntryLocation,
  at: At,
  options: StartOptions,
  durable: boolean,
): Promise<UploadStart | undefined> {
  const { device } = location;
  const source = await unless(
    ['ENOENT'],
    device.threads(() => open(location.path, READ_FILE)),
  );
  if (source === undefined) return undefined;
  let isOwned = false;
  try {
    const before = await publishedBefore(location, source);
    const position = at === 'anywhere' ? 0 : writePosition(at, before.size);
    if (at !== 'anywhere' && position === before.size)
      return await startAppend(location, options, at === 'end' ? undefined : position, position);
    await refuseWithoutRoom(location, options, 0);
    const temporary = await Temporary.create(location);
    isOwned = true;
    return { temporary, position, base: new CopiedBase({ location, source, before, temporary, position, durable }) };
  } finally {
    if (!isOwned) await device.threads(() => source.close());
  }
}

async function publishedBefore(location: EntryLocation, source: FileHandle): Promise<Entry> {
  const entry = plainEntryOf(location.name, await lookAt(source, location.device));
  if (!isJoining(entry)) return entry;
  await recoverJoin(location.directory, location.name);
  return plainEntryOf(location.name, await lookAt(source, location.device));
}

async function startAppend(
  location: EntryLocation,
  options: StartOptions,
  expected: number | undefined,
  size: number,
): Promise<UploadStart> {
  await refuseWithoutRoom(location, options, size);
  const temporary = await Temporary.create(location);
  return { temporary, position: RECORD_BYTES, append: { expected } };
}

/** A hint in good time; the medium itself has the last word. */
async function refuseWithoutRoom(
  location: EntryLocation,
  { expectedSize = 0 }: StartOptions,
  position: number,
): Promise<void> {
  if (expectedSize <= position) return;
  const { bavail, bsize } = await location.directory.device.threads(() => statfs(location.directory.at('.')));
  if (expectedSize - position > bavail * bsize) throw new StorageError('no-space', 'The storage has no room for this');
}

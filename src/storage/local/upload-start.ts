import { type FileHandle, open, statfs } from 'node:fs/promises';
import { type Entry, StorageError, type WriteOptions } from '../../core/index.ts';
import { writePosition } from '../ranges.ts';
import { CopiedBase } from './copied-base.ts';
import { plainEntryOf } from './entries.ts';
import { notFound, unless } from './failures.ts';
import { recoverJoin } from './finish-join.ts';
import { isJoining, RECORD_BYTES } from './join-record.ts';
import { look, lookAt } from './look.ts';
import { READ_FILE } from './open-flags.ts';
import type { Place } from './place.ts';
import { Temporary } from './temporary.ts';

export interface UploadStart {
  readonly temporary: Temporary;
  /** Where in it the first byte of the upload goes. */
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

/**
 * The file that an upload is written to: that of the interrupted upload, or a new one. A published file stays as it is
 * until the commit, and is not waited for: the peer is told to begin at once, however large it is.
 */
export async function startUpload(place: Place, options: WriteOptions, durable: boolean): Promise<UploadStart> {
  const { at, exclusive = false, existing = false } = options;
  const stats = await look(place.directory, place.name);
  const published = stats && plainEntryOf(place.name, stats);
  if (published?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  if (published !== undefined && exclusive) throw new StorageError('exists', 'The file exists');
  if (published === undefined && existing) throw notFound();
  if (at === undefined) return startEmpty(place, options);
  const ongoing = published && (await startFromPublished(place, at, options, durable));
  if (ongoing !== undefined) return ongoing;
  if (existing) throw notFound();
  return {
    ...((await startFromPartial(place, at, options)) ?? (await startEmpty(place, options))),
    isFirst: at === 'end',
  };
}

async function startEmpty(place: Place, options: WriteOptions): Promise<UploadStart> {
  const position = writePosition(options.at ?? 0, 0);
  await refuseWithoutRoom(place, options, position);
  return { temporary: await Temporary.create(place), position };
}

async function startFromPartial(
  place: Place,
  at: NonNullable<WriteOptions['at']>,
  options: WriteOptions,
): Promise<UploadStart | undefined> {
  const claimed = await Temporary.claimPartial(place, (size) => writePosition(at, size));
  if (claimed === undefined) return undefined;
  const { temporary, position, size } = claimed;
  try {
    await refuseWithoutRoom(place, options, position);
    return { temporary, position, leavesEnd: position < size };
  } catch (error) {
    await temporary.keep();
    throw error;
  }
}

/** Undefined where the file has gone meanwhile. */
async function startFromPublished(
  place: Place,
  at: NonNullable<WriteOptions['at']>,
  options: WriteOptions,
  durable: boolean,
): Promise<UploadStart | undefined> {
  const { device } = place;
  const source = await unless(
    ['ENOENT'],
    device.threads(() => open(place.path, READ_FILE)),
  );
  if (source === undefined) return undefined;
  let isOwned = false;
  try {
    const before = await publishedBefore(place, source);
    const position = writePosition(at, before.size);
    if (position === before.size)
      return await startAppend(place, options, at === 'end' ? undefined : position, position);
    await refuseWithoutRoom(place, options, 0);
    const temporary = await Temporary.create(place);
    isOwned = true;
    return { temporary, position, base: new CopiedBase({ place, source, before, temporary, position, durable }) };
  } finally {
    if (!isOwned) await device.threads(() => source.close());
  }
}

async function publishedBefore(place: Place, source: FileHandle): Promise<Entry> {
  const entry = plainEntryOf(place.name, await lookAt(source, place.device));
  if (!isJoining(entry)) return entry;
  await recoverJoin(place.directory, place.name);
  return plainEntryOf(place.name, await lookAt(source, place.device));
}

async function startAppend(
  place: Place,
  options: WriteOptions,
  expected: number | undefined,
  size: number,
): Promise<UploadStart> {
  await refuseWithoutRoom(place, options, size);
  const temporary = await Temporary.create(place);
  return { temporary, position: RECORD_BYTES, append: { expected } };
}

/** A hint in good time; the medium itself has the last word. */
async function refuseWithoutRoom(place: Place, { expectedSize = 0 }: WriteOptions, position: number): Promise<void> {
  if (expectedSize <= position) return;
  const { bavail, bsize } = await place.directory.device.threads(() => statfs(place.directory.at('.')));
  if (expectedSize - position > bavail * bsize) throw new StorageError('no-space', 'The storage has no room for this');
}

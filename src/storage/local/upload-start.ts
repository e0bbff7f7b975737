import { type FileHandle, open, statfs } from 'node:fs/promises';
import { StorageError, type WriteOptions } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import { writePosition } from '../ranges.ts';
import { plainEntryOf } from './entries.ts';
import { look, lookAt } from './look.ts';
import { READ_FILE } from './open-flags.ts';
import type { Place } from './place.ts';
import { Temporary } from './temporary.ts';

const COPY_BYTES = 1024 * 1024;

export interface UploadStart {
  readonly temporary: Temporary;
  /** Where the first byte of the upload goes. */
  readonly position: number;
}

/**
 * The file that an upload is written to, holding what is to be kept: that of the interrupted upload, or a copy of the
 * published file, which stays as it is until the commit. Where the upload ends before the end of what was there, the
 * rest stays: RFC 3659 section 5 has a restarted STOR replace bytes, not cut the file.
 */
export async function startUpload(place: Place, options: WriteOptions): Promise<UploadStart> {
  const { at, exclusive = false, signal } = options;
  const stats = await look(place.directory, place.name);
  const published = stats && plainEntryOf(place.name, stats);
  if (published?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  if (published !== undefined && exclusive) throw new StorageError('exists', 'The file exists');
  if (at === undefined) return startEmpty(place, options);
  if (published !== undefined) return startFromCopy(place, at, options, signal);
  return (await startFromPartial(place, at, options)) ?? startEmpty(place, options);
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
  const temporary = await Temporary.claimPartial(place);
  if (temporary === undefined) return undefined;
  try {
    const position = writePosition(at, Number((await lookAt(temporary.handle, temporary.device)).size));
    await refuseWithoutRoom(place, options, position);
    return { temporary, position };
  } catch (error) {
    await temporary.keep();
    throw error;
  }
}

async function startFromCopy(
  place: Place,
  at: NonNullable<WriteOptions['at']>,
  options: WriteOptions,
  signal: AbortSignal | undefined,
): Promise<UploadStart> {
  await using source = await place.device.threads(() => open(place.path, READ_FILE));
  const { size } = plainEntryOf(place.name, await lookAt(source, place.device));
  const position = writePosition(at, size);
  await refuseWithoutRoom(place, options, 0);
  const temporary = await Temporary.create(place);
  try {
    await copyBytes(source, temporary.handle, signal);
    return { temporary, position };
  } catch (error) {
    await temporary.remove();
    throw error;
  }
}

/** By hand rather than by copyFile, which cannot be aborted and takes one of libuv's few threads as long as it lasts. */
async function copyBytes(from: FileHandle, to: FileHandle, signal: AbortSignal | undefined): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(COPY_BYTES);
  for (let position = 0; ; ) {
    throwIfAborted(signal);
    const { bytesRead } = await from.read(buffer, 0, COPY_BYTES, position);
    if (bytesRead === 0) return;
    await writeAll(to, buffer.subarray(0, bytesRead), position);
    position += bytesRead;
  }
}

async function writeAll(to: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await to.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** A hint in good time; the medium itself has the last word. */
async function refuseWithoutRoom(place: Place, { expectedSize = 0 }: WriteOptions, position: number): Promise<void> {
  if (expectedSize <= position) return;
  const { bavail, bsize } = await place.directory.device.threads(() => statfs(place.directory.at('.')));
  if (expectedSize - position > bavail * bsize) throw new StorageError('no-space', 'The storage has no room for this');
}

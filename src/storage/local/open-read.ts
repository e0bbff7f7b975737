import { readSync } from 'node:fs';
import { type Entry, type ReadableFile, readableFile, StorageError } from '../../core/index.ts';
import { type Device, type FileToRead, OpenedFile, PORTION_BYTES } from '../../disk/index.ts';
import { readLength } from '../ranges.ts';
import { missingAt } from './changes.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { attempt, unless } from './failures.ts';
import { beforeJoin } from './join-record.ts';
import { lookAt } from './look.ts';
import { READ_FILE } from './open-flags.ts';

/** A published file, and what it was when it was opened. */
export interface PublishedFile {
  readonly handle: OpenedFile;
  readonly entry: Entry;
  readonly device: Device;
}

/** @throws StorageError for what is no file */
export async function openPublished(location: EntryLocation): Promise<PublishedFile> {
  const { device } = location;
  const handle = await unless(['ENOENT'], OpenedFile.open(location.path, READ_FILE, device));
  if (handle === undefined) throw await missingAt(location);
  try {
    const opened = async () => plainEntryOf(location.name, await lookAt(handle, device));
    const entry = await beforeJoin(location.directory, location.name, await opened(), opened);
    if (entry.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
    return { handle, entry, device };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens the file of `location` for reading at any position. */
export async function openRead(
  location: EntryLocation,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ReadableFile> {
  const { handle, entry, device } = await openPublished(location);
  const content: ReadableFile = {
    stat: async () => ({ ...entry, name }),
    read: (into, position) =>
      attempt(async () => {
        const length = readLength(entry.size, position, into.length);
        await readFully(handle, into.subarray(0, length), position, device);
        return length;
      }),
    close: () => handle.close(entry.size),
  };
  return readableFile(content, signal);
}

/** Fills memory from a file, which has so many bytes. @throws StorageError `io` where others have cut it */
export async function readFully(handle: FileToRead, into: Uint8Array, position: number, device: Device): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const [at, length] = [position + done, Math.min(PORTION_BYTES, into.length - done)];
    const from = done;
    const bytesRead = await device.portions.ask(
      () => readSync(handle.fd, into, from, length, at),
      async () => (await handle.read(into, from, length, at)).bytesRead,
    );
    if (bytesRead === 0) throw new StorageError('io', 'The file was cut short');
    done += bytesRead;
  }
}

import { type CopyOptions, changedMeanwhile, isSameEntry, StorageError, type StoredEntry } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import { entryAt } from './changes.ts';
import { isCloned } from './clone-file.ts';
import { copyRange } from './copy-range.ts';
import type { EntryLocation } from './entry-location.ts';
import { lookAt } from './look.ts';
import { openPublished, type PublishedFile } from './open-read.ts';
import { publish } from './publication.ts';
import type { LocalStorageSettings } from './settings.ts';
import { Temporary } from './temporary.ts';
import { checkReplaceable } from './upload-start.ts';

/** Copies a file to a temporary one, which then gets its name as an upload does. */
export async function copyFile(
  from: EntryLocation,
  to: EntryLocation,
  options: CopyOptions,
  settings: LocalStorageSettings,
): Promise<StoredEntry> {
  const { exclusive, existing, keepModified = false, unchanged } = options;
  const source = await openPublished(from);
  try {
    if (unchanged && !isSameEntry(source.entry, unchanged)) throw changedMeanwhile();
    const target = await entryAt(to);
    if (target?.unique === source.entry.unique) throw new StorageError('exists', 'Both are one file');
    checkReplaceable(target, options);
    const temporary = await Temporary.create(to);
    try {
      await fill(temporary, source, options.signal);
      const modified = keepModified ? source.entry.modified : undefined;
      return await publish(to, temporary, settings, { exclusive, existing, modified });
    } catch (error) {
      await temporary.remove();
      throw error;
    }
  } finally {
    await source.handle.close(source.entry.size);
  }
}

async function fill(
  { handle, device }: Temporary,
  { handle: source, entry: { size }, device: sourceDevice }: PublishedFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (sourceDevice === device && (await isCloned(source, handle, device))) {
    // It may have grown since it was looked at.
    await device.threads(() => handle.truncate(size));
  } else {
    const range = { from: 0, to: 0, length: size, device, sourceDevice };
    for await (const _ of copyRange(source, handle, range)) throwIfAborted(signal);
  }
  throwIfAborted(signal);
  if (Number((await lookAt(handle, device)).size) !== size) throw new StorageError('io', 'The file was cut short');
}

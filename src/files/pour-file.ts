import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type CallOptions,
  type CopyOptions,
  changedMeanwhile,
  type Entry,
  isSameEntry,
  provides,
  type Storage,
  StorageError,
  type StoredEntry,
  type VirtualPath,
} from '../core/index.ts';
import { publishedAt, readableAt } from './published.ts';

/** A file of a storage. */
export interface FileAt {
  readonly storage: Storage;
  readonly path: VirtualPath;
}

/** Copies a file by reading and writing it: from one storage to another, or in one that can't copy. */
export async function pourFile(source: FileAt, target: FileAt, options: CopyOptions = {}): Promise<StoredEntry> {
  const { keepModified = false, unchanged, exclusive = false, existing = false, signal } = options;
  if (keepModified && !provides(target.storage, 'set-modified')) {
    throw new StorageError('unsupported', 'The storage of the copy can not keep the time');
  }
  const entry = await readableAt(source.storage, source.path, { signal });
  if (unchanged && !isSameEntry(entry, unchanged)) throw changedMeanwhile();
  if (await isOneFile(entry, source, target, { signal })) throw new StorageError('exists', 'Both are one file');
  const stored = await poured({ ...source, entry }, target, {
    expectedSize: entry.size,
    exclusive,
    existing,
    signal,
  });
  return keepModified ? withTime(stored, target, entry.modified) : stored;
}

/** The bytes of a file that is as it was. @throws StorageError `busy` */
export async function readUnchanged(
  { storage, path, entry }: FileAt & { readonly entry: Entry },
  options: CallOptions,
): Promise<Readable> {
  const reader = await storage.read(path, options);
  try {
    if (isSameEntry(entry, await storage.stat(path, options))) return reader;
  } catch (error) {
    reader.destroy();
    throw error;
  }
  reader.destroy();
  throw changedMeanwhile();
}

async function poured(
  source: FileAt & { readonly entry: Entry },
  target: FileAt,
  options: Parameters<Storage['write']>[1] & CallOptions,
): Promise<StoredEntry> {
  const { signal } = options;
  const reader = await readUnchanged(source, { signal });
  try {
    const upload = await target.storage.write(target.path, options);
    try {
      await pipeline(reader, upload.sink, { end: false });
      return await upload.commit();
    } catch (error) {
      await upload.discard();
      if (signal?.aborted) throw new StorageError('aborted', 'The copy was aborted', { cause: signal.reason });
      // A stream that has failed before hides the reason.
      throw reader.errored ?? upload.sink.errored ?? error;
    }
  } finally {
    reader.destroy();
  }
}

/** Two storages may give one text to different files. */
async function isOneFile({ unique }: Entry, source: FileAt, target: FileAt, options: CallOptions): Promise<boolean> {
  if (source.storage !== target.storage) return false;
  if (source.path === target.path) return true;
  return unique !== undefined && (await publishedAt(target.storage, target.path, options))?.unique === unique;
}

/** The copy is there, whatever becomes of its time. */
async function withTime(stored: StoredEntry, { storage, path }: FileAt, modified: Date): Promise<StoredEntry> {
  try {
    await storage.setAttributes?.(path, { modified });
    return { ...stored, modified };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { ...stored, warning: `the copy has a time of its own: ${error.message}` };
  }
}

import { createHash } from 'node:crypto';
import {
  type CallOptions,
  changedMeanwhile,
  type Entry,
  isSameEntry,
  provides,
  type RenameOptions,
  StorageError,
  type StoredEntry,
} from '../core/index.ts';
import { type FileAt, pourFile } from './pour-file.ts';
import { publishedAt } from './published.ts';

/**
 * Moves a file to another storage: it is copied whole, the bytes of both are compared, and only then the original goes,
 * where it still is what was copied. Whatever ends it in between, the original stands or the copy does. Gives what was
 * replaced. @throws StorageError `cross-device` for what is no file
 */
export async function moveFile(
  source: FileAt,
  target: FileAt,
  options: RenameOptions = {},
): Promise<Entry | undefined> {
  const { unchanged, exclusive = false, signal } = options;
  const entry = await source.storage.stat(source.path, { followLinks: false, signal });
  if (entry.kind !== 'file') {
    throw new StorageError('cross-device', 'The new name lies in another storage, where only files can be moved to');
  }
  if (unchanged && !isSameEntry(entry, unchanged)) throw changedMeanwhile();
  await refuseSameFile(entry, target, { signal });
  const stored = await pourFile(source, target, {
    unchanged: entry,
    keepModified: provides(target.storage, 'set-modified'),
    exclusive,
    signal,
  });
  try {
    await compare(source, target, { signal });
    await source.storage.remove(source.path, { unchanged: entry });
  } catch (error) {
    throw await undone(error, target, stored);
  }
  return stored.replaced;
}

/**
 * Two mounts may lead to one file. A look behind the copy tells that by the identity of the file, which many servers do not tell:
 * there the copy would be taken for the original, and go.
 */
async function refuseSameFile({ unique, size }: Entry, { storage, path }: FileAt, options: CallOptions): Promise<void> {
  if (unique !== undefined) return;
  const standing = await publishedAt(storage, path, options);
  if (standing?.size !== size) return;
  throw new StorageError(
    'exists',
    'A file of the same length has the new name, and may be the same one: remove one first',
  );
}

async function compare(source: FileAt, target: FileAt, options: CallOptions): Promise<void> {
  const [original, copy] = [await digestOf(source, options), await digestOf(target, options)];
  if (!original.equals(copy)) throw new StorageError('io', 'The copy is not what was copied');
}

/** By the storage where it can: that may be another machine, which need not send the file back. */
async function digestOf({ storage, path }: FileAt, options: CallOptions): Promise<Buffer> {
  if (storage.digest) return Buffer.from(await storage.digest(path, 'SHA-256', options));
  const hash = createHash('sha256');
  for await (const chunk of await storage.read(path, options)) hash.update(chunk);
  return hash.digest();
}

/** The original stands: its copy goes, unless it is another file by now, or took the place of one. */
async function undone(error: unknown, target: FileAt, stored: StoredEntry): Promise<unknown> {
  const isAlone = stored.replaced === undefined;
  const isGone = isAlone && (await removed(target, stored));
  if (isGone || !(error instanceof StorageError)) return error;
  const message = `The file was copied, and its original stays: ${error.message}`;
  return new StorageError(error.code, message, { cause: error });
}

async function removed({ storage, path }: FileAt, stored: StoredEntry): Promise<boolean> {
  try {
    const now = await storage.stat(path, { followLinks: false });
    if (!isSameEntry(now, stored)) return false;
    await storage.remove(path, { unchanged: now });
    return true;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return false;
  }
}

import {
  baseName,
  type Entry,
  notFound,
  StorageError,
  type StoredEntry,
  type VirtualPath,
  type WriteOptions,
} from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { removeLeftOver } from '../files/left-over.ts';
import { isRefusal, replaceByRename } from '../files/replace.ts';
import { temporaryPath } from '../transfer/temporary-name.ts';
import { UploadToDirectory, uploadPlace } from '../transfer/upload-place.ts';
import { publishesWhole } from './own-server.ts';
import { entryAt, partialEntry } from './remote-entries.ts';
import { explainedFailure, storageFailure } from './storage-failure.ts';

/** Where the bytes of an upload go, and what becomes of them. */
export interface Destination {
  readonly path: VirtualPath;
  /** The byte that comes first, or behind all that is there. */
  readonly at: number | 'end';
  /** Bits that the file is to have. */
  readonly permissions?: number | undefined;
  replaces(): Promise<Entry | undefined>;
  /** Before the server is told that all is there. @throws StorageError where it must not be published */
  check(): Promise<void>;
  /** The server has all of it. @param told what it has said of the file, where it has */
  publish(bytes: number, told: Entry | undefined): Promise<StoredEntry>;
  /** The server may have a part of it. */
  keep(): Promise<Entry | undefined>;
  /** The server may have some of it, which is not wanted. Gives, for people, where bytes may still lie. Never throws. */
  forget(): Promise<string | undefined>;
  failure(error: unknown): Promise<StorageError>;
}

/**
 * The name itself: for a server that publishes an upload when it is whole, and keeps what was interrupted; and for one
 * that does not, where an upload goes on with what has the name.
 */
export function inPlace(pool: Pool, path: VirtualPath, options: WriteOptions): Destination {
  return {
    path,
    at: options.at ?? 0,
    replaces: async () => (await entryAt(pool, path)) ?? partialEntry(pool, path),
    check: () => checkPresence(pool, path, options),
    async publish(bytes, told) {
      const start = typeof options.at === 'number' ? options.at : 0;
      const entry = told ?? (await storedEntry(pool, path, start + bytes));
      if (!options.at && entry.size !== bytes) throw notWhole(entry.size, bytes);
      return entry;
    },
    keep: () => partialEntry(pool, path),
    forget: () => forgetInPlace(pool, path),
    failure: (error) => uploadFailure(error, pool, path),
  };
}

/**
 * A name of its own beside the wanted one, and a rename when all is there, so that nothing half is ever seen under it:
 * for all servers that show an upload while it goes on. What is interrupted is not kept.
 */
export async function beside(pool: Pool, path: VirtualPath, options: WriteOptions): Promise<Destination> {
  const place = await placeOf(pool, path, options);
  const temporary = temporaryPath(place.path);
  const forget = () => removeLeftOver(pool, temporary, {});
  return {
    path: temporary,
    at: 0,
    permissions: place.permissions,
    replaces: () => entryAt(pool, path),
    check: () => checkPresence(pool, path, options),
    async publish(bytes, told) {
      const entry = told ?? (await storedEntry(pool, temporary, bytes));
      if (entry.size !== bytes) throw notWhole(entry.size, bytes);
      const { modified, exclusive } = options;
      const { old, isTimed } = await replaceByRename(pool, temporary, place.path, { modified, exclusive });
      const warning = old && `the file that it replaced could not be removed: it is now ${old}`;
      return {
        ...entry,
        name: baseName(path),
        ...(isTimed && modified && { modified }),
        ...(warning && { warning }),
      };
    },
    async keep() {
      const left = await forget();
      if (left !== undefined) throw new StorageError('io', `What was sent could not be removed: ${left}`);
      return undefined;
    },
    forget,
    failure: (error) => uploadFailure(error, pool, path),
  };
}

async function placeOf(pool: Pool, path: VirtualPath, { signal }: WriteOptions) {
  try {
    return await uploadPlace(pool, path, { signal });
  } catch (error) {
    if (error instanceof UploadToDirectory) throw new StorageError('is-directory', error.message, { cause: error });
    throw storageFailure(error);
  }
}

/** FTP has no command that makes a file only where there is none, or is one: all that can be done is to look. */
export async function checkPresence(
  pool: Pool,
  path: VirtualPath,
  { exclusive, existing }: WriteOptions,
): Promise<void> {
  if (!exclusive && !existing) return;
  const entry = await entryAt(pool, path);
  if (entry && exclusive) throw new StorageError('exists', 'The file exists');
  if (!entry && existing) throw notFound();
}

/**
 * What the server tells of an upload that it has confirmed. A drop box may have taken it away by now, or show nothing:
 * then it is what we know of it.
 */
async function storedEntry(pool: Pool, path: VirtualPath, size: number): Promise<Entry> {
  try {
    const entry = await entryAt(pool, path);
    if (entry) return entry;
  } catch (error) {
    if (!(error instanceof StorageError) || !isRefusal(error.cause)) throw error;
  }
  return { name: baseName(path), kind: 'file', size, modified: new Date() };
}

async function forgetInPlace(pool: Pool, path: VirtualPath): Promise<string | undefined> {
  try {
    if (await publishesWhole(pool)) return (await partialEntry(pool, path)) && (await removeLeftOver(pool, path, {}));
    return `a part of it may stand on the server as ${path}`;
  } catch {
    return `the server may keep a part of it under ${path}`;
  }
}

function uploadFailure(error: unknown, pool: Pool, path: VirtualPath): Promise<StorageError> {
  return explainedFailure(error, pool, path, { directory: 'is-directory' });
}

function notWhole(size: number, bytes: number): StorageError {
  return new StorageError('io', `The server has ${size} bytes of ${bytes}`);
}

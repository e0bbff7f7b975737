import {
  type CallOptions,
  type Entry,
  interrupted,
  notFound,
  type StatOptions,
  type Storage,
  StorageError,
  type VirtualPath,
} from '../core/index.ts';

/** What stands at a path, or undefined where nothing does. */
export async function publishedAt(
  storage: Pick<Storage, 'stat'>,
  path: VirtualPath,
  { signal, followLinks = true }: StatOptions = {},
): Promise<Entry | undefined> {
  try {
    return await storage.stat(path, { signal, followLinks });
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** The file that is to be read at a path. @throws StorageError `not-found`, or `incomplete` for an interrupted upload */
export async function readableAt(storage: Storage, path: VirtualPath, { signal }: CallOptions = {}): Promise<Entry> {
  const entry = await publishedAt(storage, path, { signal });
  if (entry !== undefined) return entry;
  if ((await storage.partial?.(path, { signal })) === undefined) {
    throw notFound();
  }
  throw interrupted();
}

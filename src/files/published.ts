import { type Entry, type StatOptions, type Storage, StorageError, type VirtualPath } from '../core/index.ts';

/** What stands at a path, or undefined where nothing does. */
export async function publishedAt(
  storage: Storage,
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

import { type Entry, parentOf, ROOT, type Storage, StorageError, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';

/** The directory that a run starts from, or undefined where there is nothing. @throws where there is something else. */
export async function findTop(storage: Storage, path: VirtualPath, signal: AbortSignal): Promise<Entry | undefined> {
  const entry = await found(storage, path, signal);
  if (entry === undefined || entry.kind === 'directory') return entry;
  throw new StorageError('not-directory', 'This is not a directory');
}

/** Makes a directory with all that is missing above it. */
export async function makeTop(storage: Storage, path: VirtualPath, signal: AbortSignal): Promise<void> {
  if (path === ROOT || (await findTop(storage, path, signal)) !== undefined) return;
  await makeTop(storage, parentOf(path), signal);
  await storage.makeDirectory(path, { signal });
}

async function found(storage: Storage, path: VirtualPath, signal: AbortSignal): Promise<Entry | undefined> {
  try {
    return await storage.stat(path, { signal });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error instanceof StorageError || error instanceof ClientError) && error.code === 'not-found';
}

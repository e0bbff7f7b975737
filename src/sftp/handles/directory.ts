import { type Entry, type Files, StorageError, type VirtualPath } from '../../core/index.ts';
import type { DirectoryHandle } from './handle.ts';

/** Opens a directory, which is read as a stream. @throws StorageError where it can't be listed */
export async function openDirectory(files: Files, path: VirtualPath, signal: AbortSignal): Promise<DirectoryHandle> {
  const { kind } = await files.stat(path, { signal });
  if (kind !== 'directory') throw new StorageError('not-directory', 'Not a directory');
  const batches = files.list(path, { signal })[Symbol.asyncIterator]();
  // A refusal must answer the request that opens it.
  let batch: readonly Entry[] | undefined = await nextBatch(batches);
  const end = async (): Promise<void> => {
    await batches.return?.();
  };
  return {
    kind: 'directory',
    path,
    async next(limit) {
      while (batch?.length === 0) batch = await nextBatch(batches);
      const entries = batch?.slice(0, limit);
      batch = batch?.slice(limit);
      return entries;
    },
    close: end,
    abandon: () => end().catch(() => undefined),
  };
}

async function nextBatch(batches: AsyncIterator<readonly Entry[]>): Promise<readonly Entry[] | undefined> {
  const { value, done } = await batches.next();
  return done ? undefined : value;
}

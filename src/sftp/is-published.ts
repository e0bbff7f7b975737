import { type Files, StorageError, type VirtualPath } from '../core/index.ts';

/** Whether anything stands at a path that others see, too. @throws StorageError where that can't be told */
export async function isPublished(
  files: Pick<Files, 'stat'>,
  path: VirtualPath,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await files.stat(path, signal && { signal });
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not-found') return false;
    throw error;
  }
}

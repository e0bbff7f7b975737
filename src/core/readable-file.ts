import type { ReadableFile } from './storage.ts';
import { StorageError } from './storage-error.ts';
import { abortedBy } from './storage-failures.ts';

/** A file that is closed once, and gives nothing any more after that or after its signal. */
export function readableFile(content: ReadableFile, signal?: AbortSignal): ReadableFile {
  let isOpen = true;
  const check = (): void => {
    if (signal?.aborted) throw abortedBy(signal);
    if (!isOpen) throw new StorageError('aborted', 'The file has been closed');
  };
  return {
    async stat() {
      check();
      return content.stat();
    },
    async read(into, position) {
      check();
      return content.read(into, position);
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await content.close();
    },
  };
}

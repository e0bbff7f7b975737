import { open } from 'node:fs/promises';
import { changedMeanwhile, StorageError } from '../../core/index.ts';
import { withFileLock } from './changes.ts';
import type { EntryLocation } from './entry-location.ts';
import { CHANGE_FILE } from './open-flags.ts';
import type { LocalStorageSettings } from './settings.ts';

/** Bytes that take the place of others. */
export interface Replacement {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/**
 * Changes the first bytes of a file in place, one replacement after the other, each on the medium before the next is asked for. What
 * `next` is shown and what is written are of one file, whatever becomes of its name. The file keeps its time.
 * @throws StorageError `unsupported` for what is no file
 */
export async function changeHead(
  location: EntryLocation,
  length: number,
  next: (head: Buffer) => Replacement | undefined,
  settings: LocalStorageSettings,
): Promise<number> {
  return withFileLock(location, settings, () =>
    location.device.threads(async () => {
      await using handle = await open(location.path, CHANGE_FILE);
      const before = await handle.stat();
      if (!before.isFile()) throw new StorageError('unsupported', 'This is no file');
      const head = Buffer.alloc(length);
      let count = 0;
      for (;;) {
        const { bytesRead } = await handle.read(head, 0, length, 0);
        const change = next(head.subarray(0, bytesRead));
        if (change === undefined) return count;
        if (change.position + change.bytes.length > bytesRead) throw changedMeanwhile();
        await handle.write(change.bytes, 0, change.bytes.length, change.position);
        // As numbers, which keep parts of a millisecond.
        await handle.utimes(before.atimeMs / 1000, before.mtimeMs / 1000);
        await handle.sync();
        count += 1;
      }
    }),
  );
}

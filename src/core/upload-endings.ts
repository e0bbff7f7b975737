import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Entry, StoredEntry, Upload } from './storage.ts';
import { StorageError } from './storage-error.ts';

/** What a storage does at each of the three ends of an upload; the sink has come to rest before. */
export interface Endings {
  replaces(): Promise<Entry | undefined>;
  commit(): Promise<StoredEntry>;
  suspend(): Promise<Entry | undefined>;
  discard(): Promise<void>;
}

/**
 * An upload that ends once: the first ending called wins, and a commit that fails has discarded. A sink that fails
 * without a listener must not end the process; its error is the answer to `commit`.
 */
export function endingOnce(sink: Writable, endings: Endings): Upload {
  sink.on('error', () => {});
  let ended = false;
  const isFirst = (): boolean => {
    const first = !ended;
    ended = true;
    return first;
  };
  return {
    sink,
    replaces: () => endings.replaces(),
    async commit() {
      if (!isFirst()) throw new StorageError('aborted', 'The upload has ended already');
      try {
        await finish(sink);
        return await endings.commit();
      } catch (error) {
        await endings.discard();
        throw error;
      }
    },
    async suspend() {
      if (!isFirst()) return undefined;
      try {
        // What was given to the sink should be kept; where it failed, what it wrote before is kept.
        await finish(sink).catch(() => {});
        return await endings.suspend();
      } catch (error) {
        await endings.discard();
        throw error;
      }
    },
    async discard() {
      if (!isFirst()) return;
      sink.destroy();
      await endings.discard();
    },
  };
}

async function finish(sink: Writable): Promise<void> {
  if (sink.writableFinished) return;
  if (sink.destroyed) throw sink.errored ?? new StorageError('aborted', 'The upload was broken off');
  sink.end();
  await finished(sink);
}

import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Endings, Upload } from './storage.ts';
import { StorageError } from './storage-error.ts';

/** What is being written, before it ends. */
export interface Written {
  /** Takes nothing more. When it resolves, all that was taken has been written. */
  finish(): Promise<void>;
  /** Takes nothing more, and gives up what it can. */
  breakOff(): Promise<void>;
}

/**
 * An upload that ends once: the first ending called wins, and a commit that fails has discarded. A sink that fails
 * without a listener must not end the process; its error is the answer to `commit`.
 */
export function endingOnce(sink: Writable, endings: Endings): Upload {
  sink.on('error', () => {});
  const written = {
    finish: () => finish(sink),
    breakOff: async () => {
      sink.destroy();
    },
  };
  return { sink, ...endedOnce(written, endings) };
}

/** The endings of a file, of which the first one called wins; what is being written has come to rest before each. */
export function endedOnce(written: Written, endings: Endings): Endings {
  let ended = false;
  const isFirst = (): boolean => {
    const first = !ended;
    ended = true;
    return first;
  };
  return {
    async replaces() {
      // What it looked at may be closed by now, and its number another's.
      if (ended) throw endedAlready();
      return endings.replaces();
    },
    async commit() {
      if (!isFirst()) throw endedAlready();
      try {
        await written.finish();
        return await endings.commit();
      } catch (error) {
        await endings.discard();
        throw error;
      }
    },
    async suspend() {
      if (!isFirst()) return undefined;
      try {
        // What was taken should be kept; where it failed, what was written before it is kept.
        await written.finish().catch(() => {});
        return await endings.suspend();
      } catch (error) {
        await endings.discard();
        throw error;
      }
    },
    async discard() {
      if (!isFirst()) return;
      await written.breakOff();
      await endings.discard();
    },
  };
}

function endedAlready(): StorageError {
  return new StorageError('aborted', 'The upload has ended already');
}

async function finish(sink: Writable): Promise<void> {
  if (sink.writableFinished) return;
  if (sink.destroyed) throw sink.errored ?? new StorageError('aborted', 'The upload was broken off');
  sink.end();
  await finished(sink);
}

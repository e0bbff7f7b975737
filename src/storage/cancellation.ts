import type { Readable, Writable } from 'node:stream';
import { abortedBy } from '../core/index.ts';

/** @throws StorageError `aborted` when the caller has given up already. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedBy(signal);
}

/**
 * Destroys the stream with `aborted` when the signal fires, and lets go of the signal when the stream ends first. That
 * may be before anyone listens, who then hears of it by reading or writing: it must not end the process.
 */
export function destroyOnAbort(stream: Readable | Writable, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  stream.on('error', () => {});
  const abort = (): void => {
    stream.destroy(abortedBy(signal));
  };
  if (signal.aborted) {
    abort();
    return;
  }
  signal.addEventListener('abort', abort, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', abort));
}

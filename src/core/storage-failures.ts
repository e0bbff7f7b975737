import { StorageError, type StorageErrorOptions } from './storage-error.ts';

/** Failures that storages, and what is put around them, tell alike. */

export function notFound(options?: StorageErrorOptions): StorageError {
  return new StorageError('not-found', 'No such file or directory', options);
}

/** Of an entry that is an interrupted upload. */
export function interrupted(options?: ErrorOptions): StorageError {
  return new StorageError('incomplete', 'The upload of this file was interrupted', options);
}

export function changedMeanwhile(): StorageError {
  return new StorageError('busy', 'The file was changed meanwhile');
}

/** Of a call whose signal was given. */
export function abortedBy(signal: AbortSignal): StorageError {
  return new StorageError('aborted', 'The operation was aborted', { cause: signal.reason });
}

/** @throws StorageError `bad-offset` for what is no position of a byte */
export function checkPosition(position: number): void {
  if (!Number.isSafeInteger(position) || position < 0) {
    throw new StorageError('bad-offset', 'No byte has this position');
  }
}

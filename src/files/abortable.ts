import { background, StorageError } from '../core/index.ts';

/** Waits for `work` until the signal aborts; the work itself goes on. @throws StorageError `aborted` */
export async function abortable<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new StorageError('aborted', 'The operation was aborted', { cause: signal.reason }));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Waits until `work` has succeeded or failed, but no longer than `ms`; the work itself goes on. */
export async function withTimeout(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  background(
    work.then(() => resolve()),
    () => resolve(),
  );
  await promise;
  clearTimeout(timer);
}

import { background, StorageError } from '../core/index.ts';

/** Waits for some work, which goes on, as long as the caller does. @throws StorageError `aborted` */
export async function until<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const give = (): void => reject(new StorageError('aborted', 'The operation was aborted', { cause: signal.reason }));
  if (signal.aborted) give();
  signal.addEventListener('abort', give, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', give);
  }
}

/** Waits for the end of some work, good or bad, but not longer than this. */
export async function within(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  background(
    work.then(() => resolve()),
    () => resolve(),
  );
  await promise;
  clearTimeout(timer);
}

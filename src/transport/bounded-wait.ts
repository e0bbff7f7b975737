export interface WaitBounds {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What is thrown when the time is over. */
  readonly onTimeout: () => Error;
  /** What is thrown when the signal is given. */
  readonly onAbort: (reason: unknown) => Error;
}

/** Waits for `work`, within bounds. The work itself goes on: whoever gets an error has to end it. */
export async function boundedWait<T>(work: Promise<T>, bounds: WaitBounds): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const { signal } = bounds;
  const onAbort = (): void => reject(bounds.onAbort(signal?.reason));
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => reject(bounds.onTimeout()), bounds.timeoutMs);
  try {
    return await Promise.race([promise, work]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

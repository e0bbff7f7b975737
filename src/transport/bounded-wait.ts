export interface AbortBounds {
  readonly signal?: AbortSignal | undefined;
  /** What is thrown when the signal is given. */
  readonly onAbort: (reason: unknown) => Error;
}

export interface WaitBounds extends AbortBounds {
  /** Undefined for no time. */
  readonly timeoutMs: number | undefined;
  /** What is thrown when the time is over. */
  readonly onTimeout: () => Error;
}

/** Waits for `work`, within bounds. The work itself goes on: whoever gets an error has to end it. */
export async function boundedWait<T>(work: Promise<T>, bounds: WaitBounds): Promise<T> {
  const { timeoutMs, onTimeout } = bounds;
  if (timeoutMs === undefined) return abortableWait(work, bounds);
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(onTimeout()), timeoutMs);
  try {
    return await abortableWait(Promise.race([promise, work]), bounds);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `work` as long as it takes, or until the signal is given. */
export async function abortableWait<T>(work: Promise<T>, { signal, onAbort }: AbortBounds): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(onAbort(signal?.reason));
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, work]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

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
export function boundedWait<T>(work: Promise<T>, { timeoutMs, onTimeout, ...bounds }: WaitBounds): Promise<T> {
  return wait(work, bounds, timeoutMs === undefined ? undefined : { ms: timeoutMs, error: onTimeout });
}

/** Waits for `work` as long as it takes, or until the signal is given. */
export function abortableWait<T>(work: Promise<T>, bounds: AbortBounds): Promise<T> {
  return wait(work, bounds, undefined);
}

/** Each data connection waits several times: by one promise, as a race of several costs four times as much. */
function wait<T>(
  work: Promise<T>,
  { signal, onAbort }: AbortBounds,
  timeout: { readonly ms: number; readonly error: () => Error } | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = timeout && setTimeout(() => fail(timeout.error()), timeout.ms);
    const abort = (): void => fail(onAbort(signal?.reason));
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const succeed = (result: T): void => {
      end();
      resolve(result);
    };
    const fail = (error: unknown): void => {
      end();
      reject(error);
    };
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    work.then(succeed, fail);
  });
}

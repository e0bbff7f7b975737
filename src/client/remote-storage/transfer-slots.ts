import { abortedBy, StorageError } from '../../core/index.ts';

/** Transfers that wait for a connection; further ones are refused. */
const MOST_WAITING = 1000;

/**
 * Bounds how many transfers hold a connection at once, so that one is left for all other calls: a transfer lasts as long as
 * its own client wants.
 */
export class TransferSlots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#free = most;
  }

  /** Waits for a place. Gives what frees it again, which may be called more than once. @throws StorageError `busy`, `aborted` */
  async take(signal: AbortSignal): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    let isTaken = true;
    return () => {
      if (isTaken) this.#give();
      isTaken = false;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw abortedBy(signal);
    if (this.#waiting.size >= MOST_WAITING) {
      throw new StorageError('busy', 'All connections to the server that holds these files are in use');
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const onAbort = (): void => {
      if (this.#waiting.delete(resolve)) reject(abortedBy(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** To whoever waits longest. */
  #give(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

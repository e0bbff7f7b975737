import process from 'node:process';
import { Ended } from '../ended.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { localError } from '../local-error.ts';

/**
 * A signal that is given when the user wants no more: by Ctrl-C, by SIGTERM, or by closing what reads the output; and when
 * the output can't be written. A second Ctrl-C ends the process at once. The reason of the signal is an `Ended`.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  /** Of the part that Ctrl-C ends alone, while there is one. */
  #part: AbortController | undefined;

  constructor() {
    process.on('SIGINT', this.#onInterrupt);
    process.on('SIGTERM', this.#onTerminate);
    process.stdout.on('error', this.#onOutputFailed);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the signal was given, where it was. */
  get reason(): Ended | undefined {
    return this.signal.reason instanceof Ended ? this.signal.reason : undefined;
  }

  /** While `work` goes on Ctrl-C ends that alone. One at a time. */
  async ofPart<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#part = new AbortController();
    try {
      return await work(AbortSignal.any([this.#part.signal, this.signal]));
    } finally {
      this.#part = undefined;
    }
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onInterrupt);
    process.off('SIGTERM', this.#onTerminate);
    // The listener for errors of the output stays: they come late, and there is nobody left to tell.
  }

  readonly #onInterrupt = (): void => {
    if (this.#part) return this.#part.abort(new Ended('interrupted'));
    if (this.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
    this.#controller.abort(new Ended('interrupted'));
  };

  readonly #onTerminate = (): void => this.#controller.abort(new Ended('terminated'));

  readonly #onOutputFailed = (error: NodeJS.ErrnoException): void => {
    const isClosed = error.code === 'EPIPE';
    this.#controller.abort(isClosed ? new Ended('outputClosed', error) : new Ended('local', localError(OUTPUT, error)));
  };
}

const OUTPUT = 'standard output';

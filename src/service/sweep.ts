import { background, type Publish } from '../core/index.ts';
import type { LocalStorage } from '../storage/index.ts';

interface SweeperParts {
  readonly storage: LocalStorage;
  readonly partialKeepMs: number;
  readonly log: Publish;
  /** Hears that interrupted uploads are there again, which count as files. */
  readonly onGivenBack: () => void;
}

/** Removes what uploads of processes that have ended left, one walk after the other. A large tree takes a while, and nobody need wait for it. */
export class Sweeper implements AsyncDisposable {
  readonly #storage: LocalStorage;
  readonly #partialKeepMs: number;
  readonly #log: Publish;
  readonly #onGivenBack: () => void;
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor({ storage, partialKeepMs, log, onGivenBack }: SweeperParts) {
    this.#storage = storage;
    this.#partialKeepMs = partialKeepMs;
    this.#log = log;
    this.#onGivenBack = onGivenBack;
  }

  /** @param endedProcess the mark of a process of this service that has ended; absent, what earlier services left goes */
  begin(endedProcess?: string): void {
    this.#last = this.#last.then(() => this.#sweep(endedProcess));
    background(this.#last, () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#last;
  }

  async #sweep(endedProcess?: string): Promise<void> {
    const { signal } = this.#stop;
    try {
      const options = {
        partialKeepMs: this.#partialKeepMs,
        signal,
        ...(endedProcess !== undefined && { endedProcess }),
      };
      const { temporaries, partials, givenBack } = await this.#storage.sweep(options);
      const message = `Removed what earlier uploads left: ${temporaries} cut off, ${partials} interrupted for too long`;
      if (temporaries + partials > 0) this.#log({ event: 'notice', message });
      const kept = `Uploads that may be resumed again, as they were before the process ended that went on with them: ${givenBack}`;
      if (givenBack === 0) return;
      this.#onGivenBack();
      this.#log({ event: 'notice', message: kept });
    } catch (error) {
      const message = 'Left-overs of earlier uploads could not be removed';
      if (!signal.aborted) this.#log({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
  }
}

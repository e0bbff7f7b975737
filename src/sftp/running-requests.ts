import { background } from '../core/index.ts';

/** Requests that run side by side, up to a limit. */
export class RunningRequests {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();
  #onEnd: () => void = () => undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds one that has begun. */
  add(request: Promise<void>): void {
    const running = request.finally(() => {
      this.#running.delete(running);
      this.#onEnd();
    });
    this.#running.add(running);
    background(running, () => undefined);
  }

  /**
   * Resolves when one more may run. One caller waits at a time. A race of all of them would leave something with each that goes
   * on, for as long as it does: a peer could have some wait for a rate, and fill the memory by the others.
   */
  async room(): Promise<void> {
    while (this.#running.size >= this.#limit) {
      await new Promise<void>((resolve) => {
        this.#onEnd = resolve;
      });
    }
  }

  /** Resolves when none runs any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }
}

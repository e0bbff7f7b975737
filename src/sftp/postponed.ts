import { background, waitAtMost } from '../core/index.ts';

/** Work that waits for something else, for so long at the most, and is given up with all other such work. */
export class Postponed {
  readonly #maxMs: number;
  readonly #waiting = new Set<Promise<void>>();
  readonly #givenUp = Promise.withResolvers<void>();
  #isGivenUp = false;

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @param onGivenUp is called in place of the work */
  add(until: Promise<void>, work: () => Promise<void>, onGivenUp: () => void): void {
    const done = this.#wait(until, work, onGivenUp).finally(() => this.#waiting.delete(done));
    this.#waiting.add(done);
    background(done, () => undefined);
  }

  /** Gives up what still waits. Resolves when what has begun has ended. */
  async giveUp(): Promise<void> {
    this.#isGivenUp = true;
    this.#givenUp.resolve();
    await Promise.all(this.#waiting);
  }

  async #wait(until: Promise<void>, work: () => Promise<void>, onGivenUp: () => void): Promise<void> {
    await waitAtMost(Promise.race([until, this.#givenUp.promise]), this.#maxMs);
    if (this.#isGivenUp) onGivenUp();
    else await work();
  }
}

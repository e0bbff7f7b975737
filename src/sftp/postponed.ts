import { background } from '../core/index.ts';

/**
 * Work that waits for something else, for so long at the most, and is given up with all other such work. It is done one after the
 * other, as it became free: what was sent behind something must not come before it.
 */
export class Postponed {
  readonly #maxMs: number;
  readonly #waiting = new Set<Promise<void>>();
  readonly #givenUp = new AbortController();
  /** Resolves when all work that is free has been done. */
  #free: Promise<void> = Promise.resolve();

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /**
   * @param until aborts when that has ended which is waited for
   * @param onGivenUp is called in place of the work
   */
  add(until: AbortSignal, work: () => Promise<void>, onGivenUp: () => void): void {
    const done = this.#wait(until, work, onGivenUp).finally(() => this.#waiting.delete(done));
    this.#waiting.add(done);
    background(done, () => undefined);
  }

  /** Gives up what still waits. Resolves when what has begun has ended. */
  async giveUp(): Promise<void> {
    this.#givenUp.abort();
    await Promise.all(this.#waiting);
  }

  async #wait(until: AbortSignal, work: () => Promise<void>, onGivenUp: () => void): Promise<void> {
    await firstOf([until, this.#givenUp.signal], this.#maxMs);
    const turn = this.#free.then(() => (this.#givenUp.signal.aborted ? onGivenUp() : work()));
    this.#free = turn.catch(() => undefined);
    await turn;
  }
}

/**
 * Resolves when one of them aborts, or the time is over. It leaves nothing with those that live on, as a race of promises
 * would: each request of a peer may be one that waits.
 */
async function firstOf(signals: readonly AbortSignal[], maxMs: number): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  const timer = setTimeout(stop, maxMs);
  for (const signal of signals) signal.addEventListener('abort', stop);
  await promise;
  clearTimeout(timer);
  for (const signal of signals) signal.removeEventListener('abort', stop);
}

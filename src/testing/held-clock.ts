import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';

/**
 * The clock of this process, held by a test until the test ends: no limit passes because the machine is busy. It holds
 * `setTimeout` and `performance.now()`; what a socket itself waits (`socket.setTimeout`) goes on by the real clock.
 */
export class HeldClock {
  readonly #context: TestContext;
  #passedMs = 0;

  constructor(context: TestContext) {
    this.#context = context;
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const now = performance.now.bind(performance);
    context.mock.method(performance, 'now', () => now() + this.#passedMs);
  }

  pass(ms: number): void {
    this.#passedMs += ms;
    this.#context.mock.timers.tick(ms);
  }

  /** Lets a second after another pass until `work` is done, each when what the one before led to has happened. */
  async passUntil<T>(work: Promise<T>): Promise<T> {
    const settled = Promise.allSettled([work]);
    while ((await Promise.race([settled, setImmediate('running')])) === 'running') this.pass(1000);
    return work;
  }
}

/** For clients of a server whose clock is held: they wait without end. */
export const WITHOUT_END_MS = 2 ** 31 - 1;

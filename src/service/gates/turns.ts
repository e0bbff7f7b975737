export interface TurnsLimits {
  /** At once. */
  readonly atOnce: number;
  /** At once, of one account. */
  readonly ofAccount: number;
  readonly waiting: number;
}

interface Waiter {
  readonly account: string;
  readonly begin: () => void;
}

/**
 * Turns at something that is done for few at once. Of those that wait, the one comes next whose account has the fewest turns
 * now, and of these the first: one account can't keep others waiting for all that it has.
 */
export class Turns {
  readonly #limits: TurnsLimits;
  readonly #running = new Map<string, number>();
  #total = 0;
  #waiting: readonly Waiter[] = [];

  constructor(limits: TurnsLimits) {
    this.#limits = limits;
  }

  /** Resolves with what ends the turn; with undefined where too many wait. @throws the reason of the signal */
  async take(account: string, signal: AbortSignal): Promise<Disposable | undefined> {
    signal.throwIfAborted();
    if (this.#mayBegin(account)) return this.#begun(account);
    if (this.#waiting.length >= this.#limits.waiting) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
    const waiter = { account, begin: () => resolve(this.#begun(account)) };
    const give = () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiter);
      reject(signal.reason as Error);
    };
    this.#waiting = [...this.#waiting, waiter];
    signal.addEventListener('abort', give, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', give);
    }
  }

  #mayBegin(account: string): boolean {
    return this.#total < this.#limits.atOnce && this.#runningOf(account) < this.#limits.ofAccount;
  }

  #runningOf(account: string): number {
    return this.#running.get(account) ?? 0;
  }

  #begun(account: string): Disposable {
    this.#total += 1;
    this.#running.set(account, this.#runningOf(account) + 1);
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        this.#end(account);
      },
    };
  }

  #end(account: string): void {
    this.#total -= 1;
    const running = this.#runningOf(account) - 1;
    if (running === 0) this.#running.delete(account);
    else this.#running.set(account, running);
    const [first, ...others] = this.#waiting.filter((waiter) => this.#mayBegin(waiter.account));
    if (!first) return;
    const next = others.reduce(
      (best, other) => (this.#runningOf(other.account) < this.#runningOf(best.account) ? other : best),
      first,
    );
    this.#waiting = this.#waiting.filter((waiter) => waiter !== next);
    next.begin();
  }
}

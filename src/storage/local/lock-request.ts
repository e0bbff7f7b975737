/** A request that waits for its names, or holds them. */
interface Waiter {
  readonly keys: ReadonlySet<string>;
  begin: () => void;
}

/** The requests for each name: the first holds it, the others wait. There are as many as changes under way. */
const queues = new Map<string, Waiter[]>();

/**
 * A request for the locks of names within this process. It joins the queues of all its names at once: of two requests for
 * the same names, the earlier one is first in every queue, so they cannot deadlock. Released when it is disposed.
 */
export class LockRequest implements Disposable {
  readonly #waiter: Waiter;

  constructor(keys: readonly string[]) {
    this.#waiter = { keys: new Set(keys), begin: () => undefined };
    for (const key of this.#waiter.keys) {
      const queue = queues.get(key);
      if (queue === undefined) queues.set(key, [this.#waiter]);
      else queue.push(this.#waiter);
    }
  }

  get isFirst(): boolean {
    return isFirst(this.#waiter);
  }

  /** Waits until the request is first in all its queues. False where that takes longer than `maxWaitMs`. */
  async granted(maxWaitMs: number): Promise<boolean> {
    if (this.isFirst) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiter.begin = resolve;
    const timer = setTimeout(resolve, maxWaitMs);
    await promise;
    clearTimeout(timer);
    return this.isFirst;
  }

  [Symbol.dispose](): void {
    const { keys } = this.#waiter;
    for (const key of keys) {
      const rest = (queues.get(key) ?? []).filter((each) => each !== this.#waiter);
      if (rest.length === 0) queues.delete(key);
      else queues.set(key, rest);
    }
    for (const key of keys) {
      const [next] = queues.get(key) ?? [];
      if (next !== undefined && isFirst(next)) next.begin();
    }
  }
}

function isFirst(waiter: Waiter): boolean {
  for (const key of waiter.keys) if (queues.get(key)?.[0] !== waiter) return false;
  return true;
}

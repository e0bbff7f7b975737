/** Somebody who waits for names, or has them. */
interface Waiter {
  readonly keys: ReadonlySet<string>;
  begin: () => void;
}

/** Who waits for a name, behind who has it. As many as there are changes under way. */
const lines = new Map<string, Waiter[]>();

/**
 * A place in the lines for names in this process, taken in all of them at once: of two who want the same ones the first to
 * come is the first everywhere, so neither holds the other up for good. Given up when it is disposed.
 */
export class Line implements Disposable {
  readonly #waiter: Waiter;

  constructor(keys: readonly string[]) {
    this.#waiter = { keys: new Set(keys), begin: () => undefined };
    for (const key of this.#waiter.keys) {
      const line = lines.get(key);
      if (line === undefined) lines.set(key, [this.#waiter]);
      else line.push(this.#waiter);
    }
  }

  get isFirst(): boolean {
    return isFirst(this.#waiter);
  }

  /** Waits to be the first. False where that takes longer. */
  async reached(maxWaitMs: number): Promise<boolean> {
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
      const rest = (lines.get(key) ?? []).filter((each) => each !== this.#waiter);
      if (rest.length === 0) lines.delete(key);
      else lines.set(key, rest);
    }
    for (const key of keys) {
      const [next] = lines.get(key) ?? [];
      if (next !== undefined && isFirst(next)) next.begin();
    }
  }
}

function isFirst(waiter: Waiter): boolean {
  for (const key of waiter.keys) if (lines.get(key)?.[0] !== waiter) return false;
  return true;
}

/** Limits how many things run at once under each key. The count may be kept in another process. */
export interface ConcurrencyLimiter {
  /** Takes one of `limit` slots of the key. Gives the function that frees the slot, or undefined when all are taken. */
  take(key: string, limit: number): Release | undefined | Promise<Release | undefined>;
}

/** Frees a slot; only the first call counts. */
export type Release = () => void;

/** Counts in this process: connections of an address, checksums of an account. A key without a taken slot uses no memory. */
export class KeyedLimiter implements ConcurrencyLimiter {
  readonly #taken = new Map<string, number>();

  take(key: string, limit: number): Release | undefined {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= limit) return undefined;
    this.#taken.set(key, taken + 1);
    let held = true;
    return () => {
      if (held) this.#free(key);
      held = false;
    };
  }

  #free(key: string): void {
    const taken = this.#taken.get(key) ?? 0;
    if (taken <= 1) this.#taken.delete(key);
    else this.#taken.set(key, taken - 1);
  }
}

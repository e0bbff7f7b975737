/** Addresses that are counted one by one; with more, all are forgotten and begin anew. */
const MAX_ADDRESSES = 10_000;
const WINDOW_MS = 60_000;

/** Counts requests from each address within a minute. */
export class RequestCounter {
  readonly #most: number;
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  #endsAt = 0;

  /** @param now a clock in ms that never jumps */
  constructor(most: number, now = () => performance.now()) {
    this.#most = most;
    this.#now = now;
  }

  /** Counts one. Gives whether it is one of those that are allowed. */
  admit(address: string): boolean {
    if (this.#now() >= this.#endsAt || this.#counts.size >= MAX_ADDRESSES) {
      this.#counts.clear();
      this.#endsAt = this.#now() + WINDOW_MS;
    }
    const count = (this.#counts.get(address) ?? 0) + 1;
    this.#counts.set(address, count);
    return count <= this.#most;
  }

  /** Seconds until all begin anew. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.#endsAt - this.#now()) / 1000));
  }
}

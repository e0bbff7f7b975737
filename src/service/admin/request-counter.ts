import { networkOf } from '../../core/index.ts';

/** Networks that are counted one by one; with more, all are forgotten and begin anew. */
const MAX_NETWORKS = 10_000;
const WINDOW_MS = 60_000;

/** Counts requests within a minute from each address, of IPv6 from each /64. */
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
    if (this.#now() >= this.#endsAt || this.#counts.size >= MAX_NETWORKS) {
      this.#counts.clear();
      this.#endsAt = this.#now() + WINDOW_MS;
    }
    const network = networkOf(address);
    const count = (this.#counts.get(network) ?? 0) + 1;
    this.#counts.set(network, count);
    return count <= this.#most;
  }

  /** Seconds until all begin anew. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.#endsAt - this.#now()) / 1000));
  }
}

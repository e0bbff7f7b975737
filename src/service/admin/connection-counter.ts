import { networkOf } from '../../core/index.ts';

/** Bounds the open connections from each address, of IPv6 from each /64. */
export class ConnectionCounter {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place, and gives what frees it; undefined where none is left. */
  take(address: string): (() => void) | undefined {
    const network = networkOf(address);
    const count = this.#open.get(network) ?? 0;
    if (count >= this.#most) return undefined;
    this.#open.set(network, count + 1);
    return () => {
      const left = (this.#open.get(network) ?? 1) - 1;
      if (left === 0) this.#open.delete(network);
      else this.#open.set(network, left);
    };
  }
}

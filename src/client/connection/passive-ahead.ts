import type { Reply } from '../../protocol/index.ts';

/** The port of the next transfer, where it was asked for before that transfer is known. */
export class PassiveAhead {
  #kept: { readonly reply: Reply; readonly until: number } | undefined;
  #lastTransferEnd = Number.NEGATIVE_INFINITY;
  #isInSeries = false;

  /** Keeps the answer to an EPSV; any other answer is of no use. */
  keep(reply: Reply | undefined): void {
    this.#kept = reply?.code === 229 ? { reply, until: performance.now() + keptMs } : undefined;
  }

  /** Whether `take` gives one. */
  get isThere(): boolean {
    return this.#kept !== undefined && performance.now() < this.#kept.until;
  }

  /** The answer that was kept, once, as long as the server surely still listens. */
  take(): Reply | undefined {
    const reply = this.isThere ? this.#kept?.reply : undefined;
    this.#kept = undefined;
    return reply;
  }

  /** A transfer begins; another one that ended just before makes a series of them, in which there is likely a next one. */
  beginTransfer(): void {
    this.#isInSeries = performance.now() - this.#lastTransferEnd < keptMs;
  }

  endTransfer(): void {
    this.#lastTransferEnd = performance.now();
  }

  /** Whether the transfer that runs is one of a series. */
  get isInSeries(): boolean {
    return this.#isInSeries;
  }
}

/** Servers wait longer than this for a data connection. */
const keptMs = 2000;

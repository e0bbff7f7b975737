import { setTimeout } from 'node:timers/promises';
import { background, waitAtMost } from '../../core/index.ts';

/** What may wait for a destination that takes nothing; what comes after is dropped, so that it stops nobody. */
export const MAX_WAITING_BYTES = 4 * 2 ** 20;
/** Written at once. */
const BATCH_BYTES = 64 * 1024;
/** The wait after a write that failed, or that found no room; it doubles while that goes on. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1000;

export interface LogQueueOptions {
  readonly maxWaitingBytes?: number;
  readonly longestPauseMs?: number;
}

/** Lines that are gone, and why the destination did not take them. */
export interface LostLines {
  readonly lines: number;
  /** The last code of the system (`ENOSPC`, `EAGAIN`, ...); undefined where it was too slow, and nothing failed. */
  readonly code: string | undefined;
}

/** How a queue of lines does. */
export interface QueueState {
  readonly queuedBytes: number;
  /** Since the start. */
  readonly lostLines: number;
  /** Since when the destination has taken nothing, in ms since 1970; absent where it takes lines. */
  readonly stuckSince?: number;
}

/** Writes some of these bytes, and gives how many. What it rejects with has the code of the system. */
export type WriteSome = (bytes: Uint8Array) => Promise<number>;

/**
 * Lines on their way to a destination that may be slow, full, stopped or gone. Nothing of that reaches whoever logs:
 * what finds no room is dropped and counted, and `onRecovery` hears of it when the destination takes lines again.
 *
 * An `EventQueue` gives a batch up when it fails, so that later events are not held up by it. A log must not lose lines to
 * a disk that is full for a minute: this queue tries each line until it is written, part by part, and is bounded in bytes.
 */
export class LogQueue {
  readonly #writeSome: WriteSome;
  readonly #maxWaitingBytes: number;
  readonly #longestPauseMs: number;
  readonly #giveUp = new AbortController();
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #lostLines = 0;
  #lostInAll = 0;
  #code: string | undefined;
  #stuckSince: number | undefined;
  #emptied: Promise<void> | undefined;
  #onRecovery: (lost: LostLines) => void = () => undefined;

  constructor(writeSome: WriteSome, options: LogQueueOptions = {}) {
    this.#writeSome = writeSome;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? MAX_WAITING_BYTES;
    this.#longestPauseMs = options.longestPauseMs ?? LONGEST_PAUSE_MS;
  }

  get state(): QueueState {
    const stuckSince = this.#stuckSince;
    return {
      queuedBytes: this.#waitingBytes,
      lostLines: this.#lostInAll,
      ...(stuckSince !== undefined && { stuckSince }),
    };
  }

  /** Whole lines. @param count how many */
  write(lines: string | Buffer, count = String(lines).split('\n').length - 1): void {
    const bytes = typeof lines === 'string' ? Buffer.from(lines) : lines;
    if (this.#waitingBytes + bytes.length > this.#maxWaitingBytes) {
      this.#lostLines += count;
      this.#lostInAll += count;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#emptied) return;
    this.#emptied = this.#empty();
    background(this.#emptied, () => undefined);
  }

  onRecovery(tell: (lost: LostLines) => void): void {
    this.#onRecovery = tell;
  }

  /** Resolves when all is written, or can't be in that time; then it is tried no longer. */
  async end(withinMs: number): Promise<void> {
    if (this.#emptied) await waitAtMost(this.#emptied, withinMs);
    this.#giveUp.abort();
  }

  async #empty(): Promise<void> {
    while (this.#waitingBytes > 0) {
      const batch = this.#takeBatch();
      await this.#writeWhole(batch);
      this.#waitingBytes -= batch.length;
      this.#tellLost();
    }
    this.#emptied = undefined;
  }

  #takeBatch(): Buffer {
    let bytes = 0;
    const next = this.#waiting.findIndex((part) => {
      bytes += part.length;
      return bytes > BATCH_BYTES;
    });
    return Buffer.concat(this.#waiting.splice(0, next === -1 ? this.#waiting.length : Math.max(1, next)));
  }

  /** Again and again until it is written: a disk may have room later, a reader go on. */
  async #writeWhole(batch: Buffer): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let written = 0; written < batch.length; ) {
      try {
        written += await this.#writeSome(batch.subarray(written));
        pauseMs = FIRST_PAUSE_MS;
        this.#stuckSince = undefined;
      } catch (error) {
        this.#stuckSince ??= Date.now();
        this.#code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
        // Whoever waits for its end has a timer of its own.
        await setTimeout(pauseMs, undefined, { ref: false, signal: this.#giveUp.signal });
        pauseMs = Math.min(pauseMs * 2, this.#longestPauseMs);
      }
    }
  }

  #tellLost(): void {
    if (this.#lostLines === 0) return;
    const lost = { lines: this.#lostLines, code: this.#code };
    this.#lostLines = 0;
    this.#code = undefined;
    this.#onRecovery(lost);
  }
}

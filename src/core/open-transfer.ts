import type { Direction, NewEvent, TransferFacts } from './events.ts';
import type { RateLimiter } from './identity.ts';
import type { VirtualPath } from './path.ts';
import { ReadExtent } from './read-extent.ts';
import type { CurrentTransfer } from './session-info.ts';
import { Speedometer } from './speedometer.ts';
import type { Entry } from './storage.ts';
import type { Ending } from './tls.ts';

/** How often it is noted how far a transfer is, for its speed in the last seconds. */
const SAMPLE_MS = 1000;

export interface OpenTransferParts {
  /** What operators see it called. */
  readonly verb: string;
  readonly direction: Direction;
  readonly path: VirtualPath;
  readonly totalBytes?: number;
  /** Of a download: the file that is read. */
  readonly entry?: Entry;
  readonly limiter: RateLimiter | undefined;
  readonly signal: AbortSignal;
  readonly publish: (event: TransferEvent) => void;
}

type TransferEvent = WithoutOrigin<Extract<NewEvent, { readonly event: 'transfer.started' | 'transfer.finished' }>>;
type WithoutOrigin<Event> = Event extends unknown
  ? Omit<Event, 'session' | 'protocol' | 'address' | 'account' | 'worker' | 'node'>
  : never;

/** What is read or written of one file by several requests: one transfer, as operators and the record see it. */
export class OpenTransfer {
  readonly #parts: OpenTransferParts;
  readonly #since = Date.now();
  readonly #began = performance.now();
  readonly #speedometer = new Speedometer();
  #sampledAt: number;
  #offset: number | undefined;
  #bytes = 0;
  readonly #extent = new ReadExtent();
  /** The last call of `admit`. */
  #admitted: Promise<void> = Promise.resolve();

  constructor(parts: OpenTransferParts) {
    this.#parts = parts;
    this.#sampledAt = this.#began;
    this.#speedometer.record(0, this.#began);
    parts.publish({ event: 'transfer.started', ...this.#what });
  }

  get direction(): Direction {
    return this.#parts.direction;
  }

  /** Waits until so many bytes may pass. Calls resolve in their order, which limiters do not promise: appends have no other one. */
  async admit(bytes: number): Promise<void> {
    const { limiter, signal } = this.#parts;
    if (!limiter) return;
    this.#admitted = inOrder(this.#admitted, limiter.take(bytes, signal));
    await this.#admitted;
  }

  /** Resolves when all bytes are admitted that came before: what a client asks of a file after a write has to see that write. */
  async admitted(): Promise<void> {
    await this.#admitted;
  }

  /** So many bytes have moved, at this position of the file. */
  moved(position: number, bytes: number): void {
    this.#offset = Math.min(this.#offset ?? position, position);
    this.#bytes += bytes;
    if (this.#parts.entry) this.#extent.add(position, position + bytes);
    const now = performance.now();
    if (now - this.#sampledAt < SAMPLE_MS) return;
    this.#sampledAt = now;
    this.#speedometer.record(this.#bytes, now);
  }

  finished(ending: Ending, outcome: TransferFacts['outcome'], reply: number, reason?: string): void {
    const durationMs = Math.round(performance.now() - this.#began);
    const facts = { ...this.#what, offset: this.#offset ?? 0, bytes: this.#bytes, durationMs };
    const why = reason === undefined ? {} : { reason };
    const { entry } = this.#parts;
    // A client that has read a part twice has as many bytes as the file, and not the file.
    const isWhole = entry !== undefined && this.#extent.wholeUpTo >= entry.size;
    const file = isWhole ? { entry } : this.direction === 'download' ? { isPartial: true as const } : {};
    this.#parts.publish({ event: 'transfer.finished', ...facts, ending, outcome, reply, ...why, ...file });
  }

  get facts(): CurrentTransfer {
    const now = performance.now();
    const averageRate = Math.round((1000 * this.#bytes) / Math.max(1, now - this.#began));
    const { totalBytes } = this.#parts;
    return {
      ...this.#what,
      offset: this.#offset ?? 0,
      since: this.#since,
      ...(totalBytes !== undefined && { totalBytes }),
      bytes: this.#bytes,
      rate: Math.round(this.#speedometer.bytesPerSecond(now) ?? averageRate),
      averageRate,
    };
  }

  get #what() {
    const { verb, direction, path } = this.#parts;
    return { verb, direction, path };
  }
}

async function inOrder(earlier: Promise<void>, next: Promise<void>): Promise<void> {
  await Promise.all([earlier, next]);
}

import type { Direction, EventSink, ServerEvent, SessionInfo } from '../../core/index.ts';

const SLOT_MS = 1000;
/** How many whole seconds before the present one are measured. */
const SLOTS = 5;

type Bytes = { [direction in Direction]: number };

/**
 * How fast a service moves data, short transfers included: a server of many small files never shows one that runs. What
 * ended in the last seconds is counted here, and what runs tells its own speed.
 */
export class RecentThroughput {
  readonly #now: () => number;
  /** What ended transfers have moved, by seconds: those of the last ones, and the present one. */
  readonly #slots = new Map<number, Bytes>();

  /** @param now a clock in ms that never jumps */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  readonly hear: EventSink = (event: ServerEvent) => {
    if (event.event !== 'transfer.finished' || event.bytes === 0) return;
    const end = this.#now();
    const began = end - Math.max(1, event.durationMs);
    this.#forgetBefore(end);
    for (let slot = Math.max(slotOf(began), slotOf(end) - SLOTS); slot <= slotOf(end); slot += 1) {
      const overlap = Math.min(end, (slot + 1) * SLOT_MS) - Math.max(began, slot * SLOT_MS);
      const bytes = this.#slots.get(slot) ?? { upload: 0, download: 0, listing: 0 };
      bytes[event.direction] += (event.bytes * overlap) / (end - began);
      this.#slots.set(slot, bytes);
    }
  };

  /** Bytes a second in the last seconds, listings among the downloads. */
  measure(sessions: readonly SessionInfo[]): { readonly upload: number; readonly download: number } {
    const now = this.#now();
    this.#forgetBefore(now);
    const windowMs = now - (slotOf(now) - SLOTS) * SLOT_MS;
    const rates: Bytes = { upload: 0, download: 0, listing: 0 };
    for (const bytes of this.#slots.values()) {
      for (const direction of ['upload', 'download', 'listing'] as const) {
        rates[direction] += (bytes[direction] * 1000) / windowMs;
      }
    }
    for (const { transfer } of sessions) if (transfer) rates[transfer.direction] += transfer.rate;
    return { upload: Math.round(rates.upload), download: Math.round(rates.download + rates.listing) };
  }

  #forgetBefore(now: number): void {
    for (const slot of this.#slots.keys()) if (slot < slotOf(now) - SLOTS) this.#slots.delete(slot);
  }
}

function slotOf(time: number): number {
  return Math.floor(time / SLOT_MS);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from '../../core/index.ts';

/** What may pass at once after a pause: a tenth of a second's worth, so that the rate holds within any second. */
const burstMs = 100;

/**
 * An allowance of `bytesPerSecond`, on a clock that no change of the time of day moves. Whoever takes waits until its
 * bytes have been paid for; those who share it take turns.
 */
export function createPace(bytesPerSecond: number): Pace {
  const msPerByte = 1000 / bytesPerSecond;
  /** When all that was taken will have been paid for. */
  let paidAt = 0;
  return {
    async take(bytes, signal) {
      signal?.throwIfAborted();
      const now = performance.now();
      paidAt = Math.max(paidAt, now - burstMs) + bytes * msPerByte;
      const waitMs = paidAt - now;
      if (waitMs > 0) await sleep(waitMs, undefined, signal && { signal });
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimiter } from '../../core/index.ts';

/** After a pause this much may pass at once, in milliseconds of the rate: a tenth of a second, so that the rate holds within any second. */
const burstMs = 100;

/**
 * Limits a flow to `bytesPerSecond`. It runs on the monotonic clock, which no change of the time of day moves. `take`
 * resolves once its bytes are paid for; callers that share a limiter take turns.
 */
export function createRateLimiter(bytesPerSecond: number): RateLimiter {
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

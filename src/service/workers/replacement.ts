/** A worker that served for at least this time is replaced at once. */
const STEADY_MS = 10_000;
/** The first wait before a worker that served for less time is replaced. Each further one doubles it. */
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before a worker is replaced, in milliseconds.
 * @param livedMs how long it served
 * @param previousMs the wait before it was itself started
 */
export function replacementDelayMs(livedMs: number, previousMs: number): number {
  if (livedMs >= STEADY_MS) return 0;
  return Math.min(LONGEST_DELAY_MS, Math.max(FIRST_DELAY_MS, previousMs * 2));
}

/** A worker that lived for so long is replaced at once. */
const STEADY_MS = 10_000;
/** The wait before one that did not is replaced; it doubles while that goes on. */
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before a worker is replaced, in ms.
 * @param livedMs how long it served
 * @param previousMs the wait before it was itself started
 */
export function replacementDelayMs(livedMs: number, previousMs: number): number {
  if (livedMs >= STEADY_MS) return 0;
  return Math.min(LONGEST_DELAY_MS, Math.max(FIRST_DELAY_MS, previousMs * 2));
}

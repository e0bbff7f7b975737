/** How often and how long something is tried again. */
export interface RetryBounds {
  readonly firstMs: number;
  /** The longest pause. */
  readonly maxMs: number;
}

/** Each pause is so many times the one before. */
const GROWTH = 3;
/** A pause is up to so much shorter or longer, so that what failed together does not return together. */
const JITTER = 0.2;

/**
 * The pause after a number of attempts that failed, in ms.
 * @param atLeastMs what the receiver asks for; it counts up to the longest pause
 */
export function pauseAfter(
  attempts: number,
  { firstMs, maxMs }: RetryBounds,
  { atLeastMs = 0, random = Math.random }: { readonly atLeastMs?: number; readonly random?: () => number } = {},
): number {
  const growing = Math.min(maxMs, firstMs * GROWTH ** Math.min(attempts - 1, 30));
  const spread = growing * (1 + JITTER * (2 * random() - 1));
  return Math.round(Math.max(spread, Math.min(atLeastMs, maxMs)));
}

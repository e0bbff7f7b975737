/** In a pattern: any number of items, also none. */
export const STAR = Symbol('*');

/** A pattern for a row of items: a test for each one, and stars between them. */
export type StarPattern<Item> = readonly (((item: Item) => boolean) | typeof STAR)[];

/**
 * Whether the pattern matches the whole row of items. It runs at most (items) x (pattern) tests for any pattern: after a
 * mismatch, only the last star takes one more item, because the items of earlier stars never need to change.
 */
export function matchesStarPattern<Item>(pattern: StarPattern<Item>, items: readonly Item[]): boolean {
  let position = 0;
  let behindStar = -1;
  let retryAt = 0;
  for (let index = 0; index < items.length; ) {
    const current = pattern[position];
    const item = items[index] as Item;
    if (current === STAR) {
      position += 1;
      behindStar = position;
      retryAt = index;
    } else if (current?.(item)) {
      position += 1;
      index += 1;
    } else if (behindStar !== -1) {
      retryAt += 1;
      index = retryAt;
      position = behindStar;
    } else {
      return false;
    }
  }
  while (pattern[position] === STAR) position += 1;
  return position === pattern.length;
}

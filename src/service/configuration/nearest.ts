/**
 * The candidate that `word` was probably meant to be: the same but for case and separators, or at most two letters
 * wrong (one in a short word). Undefined where nothing is that near.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = fold(word);
  const allowed = wanted.length < 5 ? 1 : 2;
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, fold(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[-_. ]/g, '');
}

/** Letters to insert, remove or replace (Levenshtein); `bound` and above are all one. */
function editDistance(from: string, to: string, bound: number): number {
  if (Math.abs(from.length - to.length) >= bound) return bound;
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? bound) + (to[column - 1] === from[row - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? bound) + 1, (current[column - 1] ?? bound) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? bound;
}

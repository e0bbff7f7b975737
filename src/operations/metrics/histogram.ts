/** Counts of values by size, as they travel between processes. */
export interface HistogramCounts {
  /** How many values lay in each bucket, the last of which is for what is above all bounds; none counts twice. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Counts values by size. Its size does not depend on how many there are. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds upper bounds of the buckets, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  get counts(): HistogramCounts {
    return { counts: [...this.#counts], sum: this.#sum };
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }
}

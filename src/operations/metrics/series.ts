import { Histogram, type HistogramCounts } from './histogram.ts';
import { type LabelSource, type MetricRow, OTHER } from './table.ts';

/** The values of labels that the code does not know, as the configuration has them. */
export type KnownLabels = { readonly [source in LabelSource]?: readonly string[] };

/** One value of the page. */
export interface SeriesValue {
  readonly labels: readonly string[];
  readonly value: number | HistogramCounts;
}

/**
 * The values of one metric: as many as its labels have combinations, made at the start. Nothing that is counted can add
 * one, so that no peer makes the page grow.
 */
export class Series {
  readonly #sets: readonly (readonly string[])[];
  readonly #indexes: readonly ReadonlyMap<string, number>[];
  readonly #values: Float64Array;
  readonly #histograms: readonly Histogram[] | undefined;

  constructor({ labels, buckets }: MetricRow, known: KnownLabels) {
    this.#sets = Object.values(labels).map((values) => (typeof values === 'string' ? (known[values] ?? []) : values));
    this.#indexes = this.#sets.map((values) => new Map(values.map((value, index) => [value, index])));
    const size = this.#sets.reduce((product, { length }) => product * length, 1);
    this.#values = new Float64Array(buckets ? 0 : size);
    this.#histograms = buckets && Array.from({ length: size }, () => new Histogram(buckets));
  }

  /** Adds to the series with these labels, or to a histogram; what has no series, not even an `other` one, is left out. */
  add(amount: number, labels: readonly string[]): void {
    const index = this.#indexOf(labels);
    if (index === undefined) return;
    const histogram = this.#histograms?.[index];
    if (histogram) histogram.observe(amount);
    else this.#values[index] = (this.#values[index] ?? 0) + amount;
  }

  get readings(): readonly SeriesValue[] {
    return this.#combinations().map((labels, index) => ({
      labels,
      value: this.#histograms?.[index]?.counts ?? this.#values[index] ?? 0,
    }));
  }

  #indexOf(labels: readonly string[]): number | undefined {
    let index = 0;
    for (const [place, values] of this.#indexes.entries()) {
      const found = values.get(labels[place] ?? '') ?? values.get(OTHER);
      if (found === undefined) return undefined;
      index = index * values.size + found;
    }
    return index;
  }

  /** In the order of the indexes. */
  #combinations(): readonly (readonly string[])[] {
    return this.#sets.reduce<readonly (readonly string[])[]>(
      (combinations, values) => combinations.flatMap((before) => values.map((value) => [...before, value])),
      [[]],
    );
  }
}

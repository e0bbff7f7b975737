import type { MetricResult } from '../results.ts';
import type { Measurement } from '../scenario.ts';

/** One metric over its rounds. @throws RangeError without rounds. */
export function over(rounds: readonly Measurement[]): MetricResult {
  const [first] = rounds;
  if (first === undefined) throw new RangeError('A metric needs a round');
  const values = rounds.map((round) => round.value);
  const { metric, unit, better } = first;
  return {
    metric,
    unit,
    better,
    values,
    median: medianOf(values),
    least: Math.min(...values),
    most: Math.max(...values),
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The median that is best among those given, in the metric's own sense. */
export function bestOf(metrics: readonly MetricResult[]): number {
  const medians = metrics.map((metric) => metric.median);
  return metrics[0]?.better === 'lower' ? Math.min(...medians) : Math.max(...medians);
}

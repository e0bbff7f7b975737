import type { MetricResult } from '../results.ts';

/** Three digits, which is more than the rounds agree on: 1234, 56.7, 0.0123. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}

export function spread({ least, most }: MetricResult): string {
  return `${significant(least)}–${significant(most)}`;
}

import type { EventMetrics } from './event-metrics.ts';
import type { HistogramCounts } from './histogram.ts';
import type { SeriesValue } from './series.ts';
import { EVENT_METRICS, type EventMetric, type MetricRow, READ_METRICS, type ReadMetric } from './table.ts';

/** What was read for the page. A metric that nobody could read is left out. */
export type Readings = { readonly [metric in ReadMetric]?: readonly SeriesValue[] };

/** Prometheus' text format 0.0.4, or OpenMetrics 1.0. They differ in the names of counters and in the end. */
export type PageForm = 'prometheus' | 'openmetrics';

export const CONTENT_TYPES: { readonly [form in PageForm]: string } = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** The page of all metrics. */
export function metricsPage(form: PageForm, readings: Readings, events: EventMetrics): string {
  const read = (Object.keys(READ_METRICS) as ReadMetric[]).flatMap((metric) =>
    familyOf(READ_METRICS[metric], readings[metric] ?? [], form),
  );
  const counted = (Object.keys(EVENT_METRICS) as EventMetric[]).flatMap((metric) =>
    familyOf(EVENT_METRICS[metric], events.readings(metric), form),
  );
  return `${[...read, ...counted, ...(form === 'openmetrics' ? ['# EOF'] : [])].join('\n')}\n`;
}

function familyOf(row: MetricRow, readings: readonly SeriesValue[], form: PageForm): readonly string[] {
  if (readings.length === 0) return [];
  const family = form === 'openmetrics' && row.type === 'counter' ? row.name.replace(/_total$/, '') : row.name;
  return [
    `# HELP ${family} ${escapeHelp(row.help)}`,
    `# TYPE ${family} ${row.type}`,
    ...readings.flatMap((reading) => linesOf(row, reading)),
  ];
}

function linesOf({ name, labels, buckets = [] }: MetricRow, { labels: values, value }: SeriesValue): readonly string[] {
  const pairs = Object.keys(labels).map((label, index) => `${label}="${escapeLabel(values[index] ?? '')}"`);
  if (typeof value === 'number') return [`${name}${braced(pairs)} ${numberText(value)}`];
  return histogramLines(name, pairs, buckets, value);
}

function histogramLines(
  name: string,
  pairs: readonly string[],
  bounds: readonly number[],
  { counts, sum }: HistogramCounts,
): readonly string[] {
  let cumulative = 0;
  const lines = [...bounds, Infinity].map((bound, index) => {
    cumulative += counts[index] ?? 0;
    return `${name}_bucket${braced([...pairs, `le="${numberText(bound)}"`])} ${cumulative}`;
  });
  return [...lines, `${name}_sum${braced(pairs)} ${numberText(sum)}`, `${name}_count${braced(pairs)} ${cumulative}`];
}

function braced(pairs: readonly string[]): string {
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function numberText(value: number): string {
  return value === Infinity ? '+Inf' : String(value);
}

/** Of the three characters that have a meaning in a value, none is left as it is. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

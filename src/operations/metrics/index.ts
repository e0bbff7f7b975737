/** What is counted and measured in a service, and the page that shows it. */
export { COUNTED_EVENTS, EventMetrics } from './event-metrics.ts';
export { CONTENT_TYPES, metricsPage, type PageForm, type Readings } from './page.ts';
export { ProcessMeter, type ProcessReport } from './process-meter.ts';
export type { SeriesValue } from './series.ts';
export { type LabelSource, METRICS, type MetricRow } from './table.ts';

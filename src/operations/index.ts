/** What happens in a service, who hears of it, and the record that is kept of it. */
export {
  AuditError,
  type AuditQuery,
  type AuditRecord,
  type AuditVerdict,
  auditPaths,
  CSV_HEADER,
  checkReceipt,
  csvLine,
  type Head,
  Journal,
  knownKeys,
  lastHead,
  makeNextKey,
  receiptOfRecord,
  recordedEvents,
  recordOf,
  SessionRecords,
  searchAudit,
  syncDirectory,
  verifyAudit,
  writeWhole,
} from './audit/index.ts';
export { EventQueue } from './event-queue.ts';
export { type EventName, EventStream } from './event-stream.ts';
export {
  CONTENT_TYPES,
  COUNTED_EVENTS,
  EventMetrics,
  type LabelSource,
  METRICS,
  type MetricRow,
  metricsPage,
  type PageForm,
  ProcessMeter,
  type ProcessReport,
  type Readings,
  type SeriesValue,
} from './metrics/index.ts';
export { SessionSpans, TRACED_EVENTS, type TracingApi } from './tracing/session-spans.ts';

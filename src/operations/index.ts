/** What happens in a service, who hears of it, and the record that is kept of it. */
export {
  type Alteration,
  type AlterationKind,
  AuditError,
  type AuditQuery,
  type AuditRecord,
  type AuditVerdict,
  auditPaths,
  CSV_HEADER,
  csvLine,
  type Head,
  Journal,
  knownKeys,
  lastHead,
  makeNextKey,
  recordedEvents,
  recordOf,
  SessionRecords,
  searchAudit,
  verifyAudit,
  writeWhole,
} from './audit/index.ts';
export { EventQueue } from './event-queue.ts';
export { type EventName, EventStream } from './event-stream.ts';

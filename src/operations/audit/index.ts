/** The audit trail: what is recorded, and how it is written, verified and read. */

export type { AuditVerdict } from './alteration.ts';
export { AuditError } from './audit-error.ts';
export { CSV_HEADER, csvLine } from './csv.ts';
export { appendDurably, syncDirectory, writeWhole } from './durable-file.ts';
export { auditPaths, ifMissing } from './files.ts';
export { readFrom } from './follow.ts';
export { recordedEvents, recordOf } from './from-events.ts';
export type { Head } from './head.ts';
export { Journal } from './journal.ts';
export { makeNextKey } from './keyring.ts';
export { knownKeys } from './known-keys.ts';
export { recordsNumbered } from './numbered.ts';
export { lastHead } from './read-heads.ts';
export { checkReceipt } from './receipt.ts';
export { receiptOfRecord } from './record-receipt.ts';
export { type AuditQuery, type AuditRecord, searchAudit } from './search.ts';
export { SessionRecords } from './session-records.ts';
export { verifyAudit } from './verify.ts';

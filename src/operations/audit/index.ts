/** The audit trail: what is recorded, and how it is written, verified and read. */
export { AuditError } from './audit-error.ts';
export { auditPaths } from './files.ts';
export type { Finding, FindingKind, Verdict } from './finding.ts';
export { recordedEvents, recordOf } from './from-events.ts';
export { Journal } from './journal.ts';
export { makeNextKey } from './keyring.ts';
export { verifyAudit } from './verify.ts';

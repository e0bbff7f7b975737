export { type AuditTrail, openAuditTrail } from './audit-trail.ts';
export { leaveNote } from './inbox.ts';
export { auditDirectory, newestHead, publicKeyOf, readPublicKey, rotateAuditKey } from './offline.ts';

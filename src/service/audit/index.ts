export { leaveNote } from './inbox.ts';
export { auditDirectory, newestHead, publicKeyOf, readPublicKey, rotateAuditKey } from './offline.ts';
export { operatorName, recordedAccounts } from './recorded-accounts.ts';

/** `lockport/storage`: places to keep files, and wrappers that narrow them to what an account may do. */
export { accountView } from './account/account-view.ts';
export { confined } from './account/confined.ts';
export { createQuotaLedger, type QuotaLedger } from './account/quota-ledger.ts';
export { withQuota } from './account/with-quota.ts';
export { withRights } from './account/with-rights.ts';
export { type LocalStorage, type LocalStorageOptions, localStorage } from './local/local-storage.ts';
export type { SweepOptions, SweepResult } from './local/sweep.ts';
export { type MemoryStorageOptions, memoryStorage } from './memory/memory-storage.ts';

/** `lockport/storage`: places to keep files, and wrappers that narrow them to what an account may do. */
export { accountView } from './account/account-view.ts';
export { confined } from './account/confined.ts';
export { LocalQuotaBook, type Quota, type QuotaBook, type Turn, type Verdict } from './account/quota-book.ts';
export { createQuotaLedger, QuotaLedger } from './account/quota-ledger.ts';
export type { Reservation } from './account/reservation.ts';
export { withQuota } from './account/with-quota.ts';
export { withRights } from './account/with-rights.ts';
export { type LocalStorage, type LocalStorageOptions, localStorage } from './local/local-storage.ts';
export type { SweepOptions, SweepResult } from './local/sweep.ts';
export { type MemoryStorageOptions, memoryStorage } from './memory/memory-storage.ts';

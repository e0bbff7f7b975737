/** `lockport/storage`: places to keep files, and wrappers that narrow them to what an account may do. */
export { accountView } from './account/account-view.ts';
export { confined } from './account/confined.ts';
export type { Change, Gone, Holder, Outcome, Quota, QuotaBook, Verdict } from './account/quota-book.ts';
export { QuotaBooks, type QuotaBooksOptions } from './account/quota-books.ts';
export { withQuota } from './account/with-quota.ts';
export { withRights } from './account/with-rights.ts';
export { type LocalStorage, type LocalStorageOptions, localStorage } from './local/local-storage.ts';
export { LOCK_NAME } from './local/names.ts';
export type { SweepOptions, SweepResult } from './local/sweep.ts';
export { type MemoryStorageOptions, memoryStorage } from './memory/memory-storage.ts';

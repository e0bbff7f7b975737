/** Where accounts, bans and what else must outlive a restart are kept. */
export type { AccountChanges, AccountRecord, Accounts, SessionsKept } from './accounts.ts';
export { BackgroundWriter } from './background-writer.ts';
export { isBusy, patiently } from './busy.ts';
export { type Database, openDatabase } from './database.ts';
export { DatabaseError } from './database-error.ts';
export { isFileLocked, lockFile } from './lock-file.ts';

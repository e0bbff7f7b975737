/** Where accounts, bans and what else must outlive a restart are kept: the stores of `core/`, in SQLite. */
export { isBusy } from './busy.ts';
export { type Database, openDatabase } from './database.ts';
export { DatabaseError } from './database-error.ts';
export { isFileLocked, lockFile } from './lock-file.ts';

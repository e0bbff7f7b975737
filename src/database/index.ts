/** The stores of `core/` in SQLite: accounts, bans and all else that must outlive a restart. */
export { isBusy } from './busy.ts';
export { copyDatabase } from './copy.ts';
export { type Database, openDatabase } from './database.ts';
export { DatabaseError } from './database-error.ts';
export { type KeptCopy, keptCopies } from './kept-copies.ts';
export { isFileLocked, lockFile } from './lock-file.ts';
export { checkDatabase, KNOWN_SCHEMA, schemaOf } from './migrations.ts';
export { changedSince, putBack } from './way-back.ts';

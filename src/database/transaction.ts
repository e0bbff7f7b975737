import type { DatabaseSync } from './sqlite.ts';

/**
 * Runs `work` with the write lock held from its start, so that what it reads is still true when it writes. Within another
 * transaction it is a part of that.
 */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

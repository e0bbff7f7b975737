/** The thread of a `BackgroundWriter`: writes one statement after the other, each as often as the database is locked. */
import { parentPort, workerData } from 'node:worker_threads';
import { isBusy } from './busy.ts';
import { DatabaseSync } from './sqlite.ts';
import type { Statement } from './statement.ts';
import { transaction } from './transaction.ts';

/** What this thread says of each statement, in their order: nothing, or why it could not be written. */
export type WriteResult = string | undefined;

const database = new DatabaseSync(String(workerData));
// Only this thread waits for the lock, and not so long that the thread could not be ended.
database.exec('PRAGMA busy_timeout = 250; PRAGMA synchronous = FULL');

parentPort?.on('message', (statements: readonly Statement[]) => parentPort?.postMessage(write(statements)));

function write(statements: readonly Statement[]): WriteResult {
  for (;;) {
    try {
      transaction(database, () => {
        for (const { sql, values } of statements) database.prepare(sql).run(...values);
      });
      return undefined;
    } catch (error) {
      if (!isBusy(error)) return error instanceof Error ? error.message : String(error);
    }
  }
}

import { DatabaseSync } from './sqlite.ts';

/**
 * Holds a file, which is made where there is none, until it is disposed. The lock is SQLite's own, which the system lets
 * go of whatever becomes of the process.
 * @throws an error for which `isBusy` holds where another process has it
 */
export function lockFile(file: string): Disposable {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    lock.close();
    throw error;
  }
}

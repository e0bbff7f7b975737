import type { PathLike } from 'node:fs';
import { isBusy } from './busy.ts';
import { DatabaseSync } from './sqlite.ts';

/**
 * Holds a file, which is made where there is none, until it is disposed. The lock is SQLite's own, which the system lets
 * go of whatever becomes of the process.
 * @throws an error for which `isBusy` holds where another process has it
 */
export function lockFile(file: PathLike): Disposable {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Whether a process holds the file by `lockFile`. Looks only: the file stays as it is. @throws where it can't be looked at */
export function isFileLocked(file: string | Buffer): boolean {
  const lock = new DatabaseSync(file, { readOnly: true });
  try {
    lock.exec('PRAGMA schema_version');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    lock.close();
  }
}

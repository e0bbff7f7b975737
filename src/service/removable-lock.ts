import { closeSync, openSync, type PathLike, statSync, unlinkSync } from 'node:fs';
import { isBusy, lockFile } from '../database/index.ts';
import { systemCode } from './system-error.ts';

export interface RemovableLock extends Disposable {
  /** Whether this lock made the file. */
  readonly isNew: boolean;
  /** Lets go of the file and removes it; it stays where the system does not let it be removed. */
  remove(): void;
}

/** A file system may give a file another inode at each look, or let nothing be locked. */
const MAX_TRIES = 10;

/**
 * Holds a file as `lockFile` does, though others may remove it: who opened a file that was removed before the lock came
 * would hold what nobody else sees, and so tries again.
 * @param lock how a file is held
 * @throws as `lockFile` does, or an error of the system where the file can't be made
 */
export function lockRemovable(file: PathLike, lock: typeof lockFile = lockFile): RemovableLock {
  for (let tries = 1; ; tries += 1) {
    const isNew = isMade(file);
    const before = inodeOf(file);
    try {
      const held = lock(file);
      if (tries === MAX_TRIES || (before !== undefined && inodeOf(file) === before)) {
        return { isNew, remove: () => remove(file, held), [Symbol.dispose]: () => held[Symbol.dispose]() };
      }
      held[Symbol.dispose]();
    } catch (error) {
      // SQLite fails in other ways where the file goes while it is being locked.
      if (tries === MAX_TRIES || isBusy(error)) throw error;
    }
  }
}

/**
 * Removes a lock file that nobody holds, as a start that was killed leaves it. Whether nobody does: where the system does
 * not let it be removed, it stays. What can't be held is not understood, and stays too.
 */
export function removeFreeLock(file: PathLike): boolean {
  try {
    lockRemovable(file).remove();
    return true;
  } catch {
    return false;
  }
}

/** False where there was one. It is closed before it is held, for to close it later would let go of the lock. */
function isMade(file: PathLike): boolean {
  try {
    closeSync(openSync(file, 'wx', 0o644));
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function inodeOf(file: PathLike): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** It goes while it is held: afterwards it could be another's. */
function remove(file: PathLike, held: Disposable): void {
  try {
    unlinkSync(file);
  } catch {
    // As a free lock it hinders no server.
  } finally {
    held[Symbol.dispose]();
  }
}

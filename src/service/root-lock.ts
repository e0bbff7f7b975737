import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { encodeText, type VirtualPath } from '../core/index.ts';
import { isBusy, isFileLocked } from '../database/index.ts';
import { LOCK_NAME } from '../storage/index.ts';
import { asUser, type SystemUser } from './privileges.ts';
import { lockRemovable, type RemovableLock, removeFreeLock } from './removable-lock.ts';
import { rootsBelow } from './roots-below.ts';
import { StartError } from './start-error.ts';

export interface RootLock extends Disposable {
  /** Directories below that a server held once and holds no more, as far as they were looked at. */
  readonly abandoned: readonly VirtualPath[];
}

export interface RootLockOptions {
  /** Whose the lock is: a later start as that user can take it too. Absent: the user of this process. */
  readonly owner?: { readonly user: SystemUser; readonly groups: readonly number[] } | undefined;
  /**
   * Hears where nothing can be locked, as on a medium that can only be read, or not all be looked at; then it is up to the
   * operator.
   */
  readonly warn: (message: string) => void;
}

/**
 * Holds the files for this service until it is disposed or dead, so that no second one works on the same, nor on what lies
 * around or within: each would take the other's uploads under way for left over. A start that is refused leaves nothing
 * behind: clients can't see a lock below the root of their server, nor remove the directory that holds it.
 * @throws StartError where another process holds them
 */
export async function lockRoot(root: string, options: RootLockOptions): Promise<RootLock> {
  const directory = realpathSync(root);
  // Before anything is written into the files of another server.
  checkAbove(directory);
  const lock = hold(directory, options);
  try {
    // Of two that start at the same time one sees the other at least, for both have their own lock by now.
    checkAbove(directory);
    const { held, abandoned, isComplete } = await rootsBelow(directory);
    if (held !== undefined) throw taken(held);
    if (!isComplete) options.warn(`There is too much below ${root} to look for files of other servers in all of it`);
    for (const each of abandoned) removeFree(directory, each, options);
    return { abandoned, [Symbol.dispose]: () => lock[Symbol.dispose]() };
  } catch (error) {
    if (lock.isNew) asOwner(options, () => lock.remove());
    else lock[Symbol.dispose]();
    throw error;
  }
}

function hold(directory: string, options: RootLockOptions): RemovableLock {
  try {
    return asOwner(options, () => lockRemovable(path.join(directory, LOCK_NAME)));
  } catch (error) {
    if (isBusy(error)) throw taken(directory, error);
    const why = error instanceof Error ? error.message : String(error);
    options.warn(`Can't see whether another server serves the files in ${directory}, which would lose uploads: ${why}`);
    return { isNew: false, remove: () => undefined, [Symbol.dispose]: () => undefined };
  }
}

/** A start that was killed, or a server of earlier, left it. Whoever wants to hold it now is refused, for this one is above. */
function removeFree(root: string, below: VirtualPath, options: RootLockOptions): void {
  const file = Buffer.concat([Buffer.from(root), encodeText(below), Buffer.from(`/${LOCK_NAME}`)]);
  asOwner(options, () => removeFreeLock(file));
}

function asOwner<Result>({ owner }: RootLockOptions, work: () => Result): Result {
  return owner === undefined ? work() : asUser(owner.user, work, owner.groups);
}

function checkAbove(directory: string): void {
  for (const above of directoriesAbove(directory)) checkFree(above);
}

/** A server sees to all that lies in its root, and so would take what this one has there for its own. */
function checkFree(directory: string): void {
  const file = path.join(directory, LOCK_NAME);
  if (existsSync(file) && isHeld(file)) throw taken(directory);
}

/** Of a lock that can't be looked at nobody knows. */
function isHeld(file: string): boolean {
  try {
    return isFileLocked(file);
  } catch {
    return false;
  }
}

function directoriesAbove(root: string): readonly string[] {
  const above = path.dirname(root);
  return above === root ? [] : [above, ...directoriesAbove(above)];
}

function taken(directory: string, cause?: unknown): StartError {
  const message = `Another Lockport server serves the files in ${directory}: stop it, or give this one another --root`;
  return new StartError(message, { cause });
}

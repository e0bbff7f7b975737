import { existsSync } from 'node:fs';
import path from 'node:path';
import { isBusy, lockFile } from '../database/index.ts';
import { LOCK_NAME } from '../storage/index.ts';
import { StartError } from './start-error.ts';

/**
 * Holds the files for this service until it is disposed or dead, so that no second one works on the same: each would
 * take the other's uploads under way for left over. `warn` hears where nothing can be locked, as on a medium that can
 * only be read; then it is up to the operator.
 * @throws StartError where another process holds them
 */
export function lockRoot(root: string, warn: (message: string) => void): Disposable {
  try {
    for (const above of directoriesAbove(root)) checkFree(above);
    return lockFile(path.join(root, LOCK_NAME));
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (isBusy(error)) throw held(root, error);
    const why = error instanceof Error ? error.message : String(error);
    warn(`Can't see whether another server serves the files in ${root}, which would lose uploads: ${why}`);
    return { [Symbol.dispose]: () => undefined };
  }
}

/** A server sees to all that lies in its root, and so would take what this one has there for its own. */
function checkFree(directory: string): void {
  const file = path.join(directory, LOCK_NAME);
  if (!existsSync(file)) return;
  try {
    lockFile(file)[Symbol.dispose]();
  } catch (error) {
    // Of a lock that can't be looked at nobody knows.
    if (isBusy(error)) throw held(directory, error);
  }
}

function directoriesAbove(root: string): readonly string[] {
  const above = path.dirname(root);
  return above === root ? [] : [above, ...directoriesAbove(above)];
}

function held(directory: string, cause: unknown): StartError {
  const message = `Another Lockport server serves the files in ${directory}: stop it, or give this one another --root`;
  return new StartError(message, { cause });
}

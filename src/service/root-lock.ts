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
    return lockFile(path.join(root, LOCK_NAME));
  } catch (error) {
    if (isBusy(error)) {
      const message = `Another Lockport server serves the files in ${root}: stop it, or give this one another --root`;
      throw new StartError(message, { cause: error });
    }
    const why = error instanceof Error ? error.message : String(error);
    warn(`Can't see whether another server serves the files in ${root}, which would lose uploads: ${why}`);
    return { [Symbol.dispose]: () => undefined };
  }
}

import type { Directory } from './directory.ts';
import { look } from './look.ts';
import { LOCK_NAME } from './names.ts';
import type { LocalStorageSettings } from './settings.ts';

/**
 * Whether no other server has this directory for its root. A lock file that nobody holds, as one that was killed while it
 * started has left it, goes by this. What nobody can tell counts as held.
 */
export async function isFreeRoot(directory: Directory, { removeFreeLock }: LocalStorageSettings): Promise<boolean> {
  const stats = await look(directory, LOCK_NAME);
  if (stats === undefined) return true;
  // The question is asked on the serving thread, which waits for no network and no program.
  if (removeFreeLock === undefined || !stats.isFile() || !directory.device.isLocal) return false;
  return removeFreeLock(directory.at(LOCK_NAME));
}

import type { CallOptions, VirtualPath } from '../../core/index.ts';
import { change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { entriesOf } from '../listing/directory-entries.ts';

/**
 * Removes a directory and all that is in it. What a listing calls a link is removed like a file; nothing is reached
 * through it.
 */
export async function removeTree(pool: Pool, path: VirtualPath, options: CallOptions, depth = 1): Promise<void> {
  const { signal } = options;
  const { maxWalkDepth } = pool.settings.limits;
  if (depth > maxWalkDepth) {
    const message = `The tree has more than ${maxWalkDepth} levels of directories (maxWalkDepth)`;
    throw new ClientError('limit', message, { phase: 'command' });
  }
  // All of it before anything is removed: a server that reads on in a directory that changes may pass entries over.
  for (const entry of await Array.fromAsync(entriesOf(pool, path, { ...options, needsEnd: true }))) {
    if (entry.kind === 'directory') await removeTree(pool, entry.path, options, depth + 1);
    else await change(pool, signal, (session) => session.remove(entry.path, signal));
  }
  await change(pool, signal, (session) => session.removeDirectory(path, signal));
}

import { type CallOptions, parentOf, ROOT, type VirtualPath } from '../../core/index.ts';
import { ask, change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import type { RenameWithTime } from '../connection/session.ts';
import { ClientError } from '../errors.ts';
import { removeTree } from './remove-tree.ts';

/** Removes a file or a link. */
export async function remove(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<void> {
  await change(pool, signal, (session) => session.remove(path, signal));
}

/** Removes an empty directory, or with `recursive` one with all that is in it. */
export async function removeDirectory(
  pool: Pool,
  path: VirtualPath,
  { recursive = false, ...options }: CallOptions & { readonly recursive?: boolean },
): Promise<void> {
  if (recursive) return removeTree(pool, path, options);
  const { signal } = options;
  await change(pool, signal, (session) => session.removeDirectory(path, signal));
}

/** Makes a directory; with `recursive` also those above it, and it may be there already. */
export async function makeDirectory(
  pool: Pool,
  path: VirtualPath,
  { recursive = false, ...options }: CallOptions & { readonly recursive?: boolean },
): Promise<void> {
  const refusal = await makeOne(pool, path, options);
  if (!refusal || (recursive && refusal.code === 'exists')) return;
  if (!recursive || refusal.code === 'unsupported' || parentOf(path) === ROOT) throw refusal;
  await makeDirectory(pool, parentOf(path), { recursive, ...options });
  // Somebody else may have made it meanwhile.
  const second = await makeOne(pool, path, options);
  if (second && second.code !== 'exists') throw second;
}

/** Moves an entry. The phase of a failure tells a rename that may have been made from one that was not begun. */
export async function rename(
  pool: Pool,
  from: VirtualPath,
  to: VirtualPath,
  options: RenameWithTime,
): Promise<{ readonly isTimed: boolean }> {
  return { isTimed: await change(pool, options.signal, (session) => session.rename(from, to, options)) };
}

/** Gives what the server has against it. That the directory is there already is seen by entering it: no answer says so. */
async function makeOne(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<ClientError | undefined> {
  try {
    await change(pool, signal, (session) => session.makeDirectory(path, signal));
    return undefined;
  } catch (error) {
    if (!(error instanceof ClientError) || !error.isRefusal) throw error;
    if (!(await ask(pool, signal, (session) => session.isDirectory(path, signal)))) return error;
    const { phase, command, reply, status } = error;
    return new ClientError('exists', `${path} is there already`, { phase, command, reply, status, cause: error });
  }
}

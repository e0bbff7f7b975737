import type { CallOptions, VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import type { RenameWithTime } from '../connection/session.ts';
import { ClientError } from '../errors.ts';
import { exists, stat } from '../listing/stat.ts';
import { temporaryPath } from '../transfer/temporary-name.ts';
import { isServerSilent } from '../transfer/transfer-failure.ts';
import { remove, rename } from './changes.ts';

/**
 * Moves a file to a name that may be taken by another file, whose place it takes. Windows servers do not rename to such a
 * name: there the old file is moved away, and removed when the new one has its name. Whatever fails, one of the two stands
 * there.
 * @throws ClientError
 */
export async function replaceByRename(
  pool: Pool,
  from: VirtualPath,
  to: VirtualPath,
  options: RenameWithTime,
): Promise<ReplaceOutcome> {
  try {
    return await rename(pool, from, to, options);
  } catch (error) {
    if (!isRefusal(error)) throw await lostRename(pool, from, to, error);
    if (options.exclusive && (await exists(pool, to, options)))
      throw new ClientError('exists', `${to} is there already`, { phase: 'finish', cause: error });
    if (options.exclusive || !(await isFile(pool, to, options))) throw error;
    return swap(pool, from, to, options, error);
  }
}

export interface ReplaceOutcome {
  /** Whether the file got the time that the options name. */
  readonly isTimed: boolean;
  /** Where the old file is, if it could not be removed. */
  readonly old?: VirtualPath;
}

export function isRefusal(error: unknown): error is ClientError {
  return error instanceof ClientError && error.isRefusal;
}

async function swap(
  pool: Pool,
  from: VirtualPath,
  to: VirtualPath,
  options: CallOptions,
  refusal: unknown,
): Promise<ReplaceOutcome> {
  const old = temporaryPath(to);
  try {
    await rename(pool, to, old, options);
  } catch (error) {
    // It refuses to rename anything: what it said first tells more.
    if (isRefusal(error)) throw refusal;
    // The command may have been carried out all the same.
    await putBack(pool, old, to, error);
    throw error;
  }
  try {
    await rename(pool, from, to, options);
  } catch (error) {
    await putBack(pool, old, to, error);
    throw await lostRename(pool, from, to, error);
  }
  try {
    await remove(pool, old, options);
    return { isTimed: false };
  } catch {
    return { isTimed: false, old };
  }
}

/** Also where the call was aborted, and where nobody knows whether the old file is away: it must not stay there. */
async function putBack(pool: Pool, old: VirtualPath, to: VirtualPath, reason: unknown): Promise<void> {
  try {
    await rename(pool, old, to, {});
  } catch (cause) {
    const hasFile = await isFile(pool, to, {}).catch(() => false);
    const where = await exists(pool, old, {}).then(
      (kind) => (kind ? 'is now' : undefined),
      () => 'may now be',
    );
    // It was never moved away.
    if (hasFile && where === undefined) return;
    const why = reason instanceof Error ? reason.message : String(reason);
    const [code, what] = hasFile
      ? (['unconfirmed', 'may have been replaced'] as const)
      : (['refused', 'could not be replaced'] as const);
    const message = `${to} ${what} (${why}); what stood there ${where ?? 'may now be'} ${old}`;
    throw new ClientError(code, message, { phase: 'finish', cause });
  }
}

/** RNTO may have been carried out although nobody said so: only what still has its old name surely was not renamed. */
async function lostRename(pool: Pool, from: VirtualPath, to: VirtualPath, error: unknown): Promise<unknown> {
  const isLost = error instanceof ClientError && isServerSilent(error) && error.phase === 'finish';
  if (!isLost || (await exists(pool, from, {}).catch(() => false))) return error;
  const { command } = error;
  const message = `The file was stored as ${from}, and whether it is ${to} now is unknown: ${error.message}`;
  return new ClientError('unconfirmed', message, { phase: 'finish', command, cause: error });
}

async function isFile(pool: Pool, path: VirtualPath, options: CallOptions): Promise<boolean> {
  try {
    return (await stat(pool, path, options)).kind === 'file';
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

import type { CallOptions, VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { exists } from '../listing/stat.ts';
import { remove } from './changes.ts';

/**
 * Removes what an upload that failed may have left under a name of its own.
 * @returns where bytes may still lie, for people; undefined where nothing is left. It never throws: what failed before
 * tells more
 */
export async function removeLeftOver(pool: Pool, path: VirtualPath, options: CallOptions): Promise<string | undefined> {
  try {
    await remove(pool, path, options);
    return undefined;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'not-found') return undefined;
    const there = await exists(pool, path, options).catch(() => 'unknown');
    if (there === false) return undefined;
    return `the file ${there === 'unknown' ? 'may be' : 'is'} left on the server as ${path}`;
  }
}

/** The failure, with what is left behind named. */
export function namingLeftOver(failure: ClientError, left: string | undefined): ClientError {
  if (left === undefined) return failure;
  const { code, message, phase, command, reply, status, retryable, certificate } = failure;
  const facts = { phase, command, reply, status, retryable, certificate, leftBehind: left, cause: failure };
  return new ClientError(code, `${message}; ${left}`, facts);
}

import type { CallOptions, VirtualPath } from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { entriesOf, type RemoteListOptions } from './directory-entries.ts';
import type { RemoteEntry } from './entry.ts';
import { stat } from './stat.ts';

/** The entries of a directory as they come, and where there is none what stands in its place. */
export async function* list(pool: Pool, path: VirtualPath, options: RemoteListOptions): AsyncGenerator<RemoteEntry> {
  try {
    yield* entriesOf(pool, path, options);
  } catch (error) {
    throw await withReason(error, pool, path, options);
  }
}

/** "550 Failed to change directory" may mean anything: why it is so is looked up. */
async function withReason(error: unknown, pool: Pool, path: VirtualPath, options: CallOptions): Promise<unknown> {
  if (!(error instanceof ClientError) || error.code !== 'refused' || error.command !== `CWD ${path}`) return error;
  const { kind } = await stat(pool, path, options);
  if (kind === 'directory' || kind === 'link') return error;
  return new ClientError('refused', `${path} is no directory`, { phase: 'command', cause: error });
}

import type { CallOptions, VirtualPath } from '../../core/index.ts';
import { change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { stat } from '../listing/stat.ts';

/**
 * Sets the time of a file's last change. That the server can't is remembered.
 * @throws ClientError `unsupported` where none does
 */
export async function setModified(pool: Pool, path: VirtualPath, time: Date, options: CallOptions): Promise<void> {
  try {
    await setByAnyCommand(pool, path, time, options);
  } catch (error) {
    if (error instanceof ClientError && error.code === 'unsupported') pool.settings.quirks.withoutTimes = true;
    throw error;
  }
}

/** The same for one upload of many: a server that has said that it can't is not asked again for each. */
export async function keepModified(pool: Pool, path: VirtualPath, time: Date, options: CallOptions): Promise<void> {
  if (pool.settings.quirks.withoutTimes) throw cannotSetTimes();
  await setModified(pool, path, time, options);
}

async function setByAnyCommand(pool: Pool, path: VirtualPath, time: Date, options: CallOptions): Promise<void> {
  const { signal } = options;
  const refusal = await change(pool, signal, (session) => session.setModified(path, time, signal));
  if (!refusal) return;
  // A server that takes the time in MDTM for a part of the name says that there is no such file.
  await stat(pool, path, options);
  throw refusal;
}

export function cannotSetTimes(): ClientError {
  return new ClientError('unsupported', 'The server has no command that sets the time of a file', { phase: 'command' });
}

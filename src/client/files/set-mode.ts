import type { CallOptions, VirtualPath } from '../../core/index.ts';
import { changedFacts, modeAndPath } from '../../protocol/index.ts';
import { change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { replyError } from '../connection/reply-error.ts';

/** Sets permission bits: by MFF where it is announced for them (draft-somers-ftp-mfxx-04 section 5), else by SITE CHMOD. */
export async function setMode(pool: Pool, path: VirtualPath, mode: number, { signal }: CallOptions): Promise<void> {
  await change(pool, signal, async ({ connection, features }) => {
    if (!canSetModeAsFact(features)) {
      await connection.request('SITE', `CHMOD ${modeAndPath.format({ mode, path })}`, { signal });
      return;
    }
    const reply = await connection.request('MFF', changedFacts.format({ mode, path }), { signal });
    // The reply lists what was set.
    if (!reply.lines.join('').toLowerCase().includes('unix.mode='))
      throw replyError(reply, 'command', 'MFF', 'unsupported');
  });
}

export function canSetModeAsFact(features: ReadonlyMap<string, string>): boolean {
  return features.get('MFF')?.toLowerCase().includes('unix.mode;') === true;
}

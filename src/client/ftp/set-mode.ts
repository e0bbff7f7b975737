import type { VirtualPath } from '../../core/index.ts';
import { changedFacts, modeAndPath } from '../../protocol/index.ts';
import { replyError } from '../connection/reply-error.ts';
import type { SignedIn } from '../connection/sign-in.ts';

/** Sets permission bits: by MFF where it is announced for them (draft-somers-ftp-mfxx-04 section 5), else by SITE CHMOD. */
export async function setMode(
  { connection, features }: SignedIn,
  path: VirtualPath,
  mode: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!canSetModeAsFact(features)) {
    await connection.request('SITE', `CHMOD ${modeAndPath.format({ mode, path })}`, { signal });
    return;
  }
  const reply = await connection.request('MFF', changedFacts.format({ mode, path }), { signal });
  // The reply lists what was set.
  if (!reply.lines.join('').toLowerCase().includes('unix.mode='))
    throw replyError(reply, 'command', 'MFF', 'unsupported');
}

export function canSetModeAsFact(features: ReadonlyMap<string, string>): boolean {
  return features.get('MFF')?.toLowerCase().includes('unix.mode;') === true;
}

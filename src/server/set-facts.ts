import type { ChangedFacts } from '../protocol/index.ts';
import type { UserSession } from './user-session.ts';

/**
 * Sets facts of one entry: all, or none where the storage lacks the means for one of them (draft-somers-ftp-mfxx-04
 * section 5: an error means that nothing changed).
 */
export async function setFacts(user: UserSession, changes: ChangedFacts): Promise<void> {
  const { modify, create, mode } = changes;
  const attributes = {
    ...(modify && { modified: modify }),
    ...(create && { created: create }),
    ...(mode !== undefined && { mode }),
  };
  await user.files.setAttributes(await user.resolveEntry(changes.path), attributes);
}

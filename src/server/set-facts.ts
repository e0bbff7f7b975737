import { type ChangedFacts, SyntaxFailure } from '../protocol/index.ts';
import type { Member } from './member.ts';
import { setModified } from './set-modified.ts';

/**
 * Sets facts of one entry: all, or none where the storage lacks the means for one of them (draft-somers-ftp-mfxx-04
 * section 5: an error means that nothing changed).
 */
export async function setFacts(member: Member, changes: ChangedFacts): Promise<void> {
  const { modify, create, mode } = changes;
  const { storage, session } = member;
  const cannot =
    (modify && !storage.setModified) || (create && !storage.setCreated) || (mode !== undefined && !storage.setMode);
  if (cannot) throw new SyntaxFailure(504, 'The storage of this account cannot keep that fact');
  const path = await member.resolveEntry(changes.path);
  if (modify) await setModified(storage, path, modify, session.signal);
  if (create) await storage.setCreated?.(path, create);
  if (mode !== undefined) await storage.setMode?.(path, mode);
  if (mode !== undefined) session.publish({ event: 'file.changed', change: 'mode-set', path });
  if (create || modify) session.publish({ event: 'file.changed', change: 'times-set', path });
}

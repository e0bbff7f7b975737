import type { Entry, VirtualPath } from '../core/index.ts';
import { formatFacts } from '../protocol/index.ts';
import type { UserSession } from './user-session.ts';

/** The line of one entry in MLSD (its name) or MLST (the name given), with the facts that the user chose. */
export function factsLine(user: UserSession, entry: Entry, path: VirtualPath, name = entry.name): string {
  const { files, parameters } = user;
  return formatFacts(entry, parameters.facts, {
    name,
    allows: (right) => files.allows(right, path),
    stays: files.stays(path),
  });
}

import type { Entry, VirtualPath } from '../core/index.ts';
import { formatFacts } from '../protocol/index.ts';
import type { Member } from './member.ts';

/** The line of one entry in MLSD (its name) or MLST (the name given), with the facts that the member chose. */
export function factsLine(member: Member, entry: Entry, path: VirtualPath, name = entry.name): string {
  const { files, parameters } = member;
  return formatFacts(entry, parameters.facts, {
    name,
    allows: (right) => files.allows(right, path),
    stays: files.stays(path),
  });
}

import type { Attributes, Entry, VirtualPath } from '../core/index.ts';
import { formatUnixLine, type NamedEntry, type SftpAttributes } from '../protocol/index.ts';
import { SftpFailure } from './failures.ts';
import type { Handles } from './handles/handles.ts';

/** The kinds of POSIX (`S_IFMT`), and the permission bits where the storage has none. */
const KINDS = {
  file: { bits: 0o100000, mode: 0o644 },
  directory: { bits: 0o040000, mode: 0o755 },
  link: { bits: 0o120000, mode: 0o777 },
} as const;

const MAX_SECONDS = 0xffff_ffff;

/** Owners are left out: ours are names, and version 3 has numbers. */
export function attributesOf({ kind, size, mode, modified }: Entry): SftpAttributes {
  const { bits, mode: usual } = KINDS[kind];
  const seconds = Math.min(MAX_SECONDS, Math.max(0, Math.floor(modified.getTime() / 1000)));
  return { size, mode: bits | ((mode ?? usual) & 0o7777), times: { accessed: seconds, modified: seconds } };
}

/** The entry at a path as the client of these handles sees it: what it is writing there, in place of what is published. */
export async function asWritten(handles: Handles, path: VirtualPath, published: Entry): Promise<Entry> {
  // A link stays one, whatever is written to where it leads.
  if (published.kind === 'link') return published;
  const upload = await handles.uploadTo(path)?.stat();
  return upload ? { ...upload, name: published.name } : published;
}

/** An entry of a directory, with its line for people. */
export function namedEntry(entry: Entry, now: Date): NamedEntry {
  return { name: entry.name, line: formatUnixLine(entry, now), attributes: attributesOf(entry) };
}

/** What is to be set of an entry, but for its length. @throws SftpFailure for an owner, which is never silently left as it was */
export function changesIn({ owner, mode, times }: SftpAttributes): Attributes | undefined {
  if (owner) throw new SftpFailure('unsupported', 'The owner of a file can not be changed');
  if (mode === undefined && !times) return undefined;
  return {
    ...(mode !== undefined && { mode: mode & 0o777 }),
    ...(times && { modified: new Date(times.modified * 1000) }),
  };
}

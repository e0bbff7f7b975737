import { joinPath, type VirtualPath } from '../../core/index.ts';
import type { ListedEntry, SftpReply } from '../../protocol/index.ts';
import { STATUS } from '../../protocol/index.ts';
import type { IncomingListing } from '../listing/incoming-listing.ts';
import type { ListingEnd } from '../listing/listing-end.ts';
import { factsOf } from './remote-attributes.ts';
import { refusalOf, type SftpRequests } from './sftp-requests.ts';

/** Requests for further entries that are on their way at once. */
const AHEAD = 4;
/** What an entry takes beside its name, about. */
const ENTRY_BYTES = 100;

/**
 * The entries of a directory: READDIR, several at once, with what their attributes tell and, of links, where they lead. The
 * end that the server tells is the end: such a listing is whole. @throws ClientError
 */
export async function list(
  answers: SftpRequests,
  path: VirtualPath,
  listing: IncomingListing,
  signal: AbortSignal,
): Promise<ListingEnd> {
  const handle = await answers.handle({ kind: 'opendir', path }, { signal });
  try {
    const request = { kind: 'readdir', handle } as const;
    const ask = (): Promise<SftpReply> => {
      const asked = answers.reply(request, { signal, phase: 'transfer', bytes: ENTRY_BYTES });
      asked.catch(() => undefined);
      return asked;
    };
    const asked = Array.from({ length: AHEAD }, ask);
    for (let next = asked.shift(); next; next = asked.shift()) {
      const reply = await next;
      if (reply.kind === 'status' && reply.status === STATUS['end-of-file']) break;
      if (reply.kind !== 'names') throw refusalOf(reply, { kind: 'opendir', path }, 'transfer');
      const entries = await Promise.all(
        reply.entries
          .filter(({ name }) => name !== '.' && name !== '..')
          .map(({ name, line, attributes }) =>
            withTarget(answers, path, { name, ...factsOf(attributes, line) }, signal),
          ),
      );
      const bytes = entries.reduce((sum, { name }) => sum + name.length + ENTRY_BYTES, 0);
      await listing.add(entries, bytes);
      asked.push(ask());
    }
    return { doubt: undefined, isClosed: true };
  } finally {
    answers.closeLater(handle);
  }
}

/** Where a link leads; without it where the server does not tell. */
async function withTarget(
  answers: SftpRequests,
  directory: VirtualPath,
  entry: ListedEntry,
  signal: AbortSignal,
): Promise<ListedEntry> {
  if (entry.kind !== 'link') return entry;
  const target = await targetOf(answers, pathOf(directory, entry.name), signal);
  return target === undefined ? entry : { ...entry, target };
}

export async function targetOf(
  answers: SftpRequests,
  path: VirtualPath | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const reply = await answers.reply({ kind: 'readlink', path }, { signal });
  return reply.kind === 'names' ? reply.entries[0]?.name : undefined;
}

/** Undefined for a name that can be in no path, which whoever reads the listing is told of. */
function pathOf(directory: VirtualPath, name: string): VirtualPath | undefined {
  try {
    return joinPath(directory, name);
  } catch {
    return undefined;
  }
}

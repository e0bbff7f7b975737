import { joinPath, type VirtualPath } from '../../core/index.ts';
import type { ListedEntry, NamedEntry, SftpReply } from '../../protocol/index.ts';
import { STATUS } from '../../protocol/index.ts';
import { ClientError } from '../errors.ts';
import type { IncomingListing } from '../listing/incoming-listing.ts';
import type { ListingEnd } from '../listing/listing-end.ts';
import { factsOf } from './remote-attributes.ts';
import { refusalOf, type SftpRequests } from './sftp-requests.ts';

/** Requests for further entries that are on their way at once. */
const AHEAD = 4;
/** What an entry takes beside its name, about. */
const ENTRY_BYTES = 100;
/** Replies without an entry that may come one after the other. */
const MAX_EMPTY_REPLIES = 100;
const LINKS_AT_ONCE = 64;

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
    let isAtEnd = false;
    let empty = 0;
    for (let next = asked.shift(); next; next = asked.shift()) {
      const reply = await next;
      if (reply.kind === 'status' && (isAtEnd || reply.status === STATUS['end-of-file'])) {
        // What was asked for before it is still to come: servers that work on several requests at once mix their replies.
        isAtEnd = true;
        continue;
      }
      if (reply.kind !== 'names') throw refusalOf(reply, { kind: 'opendir', path }, 'transfer');
      const entries = reply.entries.filter(({ name }) => name !== '.' && name !== '..');
      empty = entries.length > 0 ? 0 : empty + 1;
      if (empty > MAX_EMPTY_REPLIES)
        throw new ClientError('protocol', 'The server lists no entries and no end', { phase: 'transfer' });
      await addTo(listing, entries, (entry) => withTarget(answers, path, entry, signal));
      if (!isAtEnd) asked.push(ask());
    }
    return { doubt: undefined, isClosed: true };
  } finally {
    answers.closeLater(handle);
  }
}

/** A few at a time: how far links lead is up to the server, and the listing holds it back. */
async function addTo(
  listing: IncomingListing,
  named: readonly NamedEntry[],
  whole: (entry: ListedEntry) => Promise<ListedEntry>,
): Promise<void> {
  for (let from = 0; from < named.length; from += LINKS_AT_ONCE) {
    const some = named.slice(from, from + LINKS_AT_ONCE);
    const entries = await Promise.all(
      some.map(({ name, line, attributes }) => whole({ name, ...factsOf(attributes, line) })),
    );
    const bytes = entries.reduce((sum, { name, target = '' }) => sum + name.length + target.length + ENTRY_BYTES, 0);
    await listing.add(entries, bytes);
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

import { Command, Option } from 'commander';
import { type Client, ClientError, type RemoteEntry } from '../../../client/index.ts';
import { namesOf, parentOf } from '../../../core/index.ts';
import { longLine } from '../../remote/entry-text.ts';
import { IncompleteListings } from '../../remote/incomplete.ts';
import type { RemoteLocation } from '../../remote/location.ts';
import { entriesMatching, patternOf } from '../../remote/matches.ts';
import type { MakeVerb, RemoteRun } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';

interface ListFlags {
  readonly long?: boolean;
  readonly one?: boolean;
  readonly recursive?: boolean;
  readonly sort?: keyof typeof ORDERS;
}

/** `lockport ls` */
export function ls(make: MakeVerb = remoteVerb): Command {
  const command = new Command('ls')
    .description('list a directory, or the entries whose names match a pattern')
    .argument('<url>', 'such as ftpes://me@ftp.example/in/ or ftpes://me@ftp.example/in/*.csv')
    .option('-l, --long', 'all that is known of each entry (default on a terminal); times are in UTC')
    .option('-1, --one', 'names alone (default elsewhere)')
    .option('-R, --recursive', 'with all that lies below')
    .addOption(
      new Option('--sort <order>', 'name, time (newest first) or size (largest first)').choices(Object.keys(ORDERS)),
    );
  return make(command, {}, async (run, url: string) => {
    const flags = command.opts<ListFlags>();
    const location = run.location(url);
    const client = await run.client(location);
    const isLong = flags.long || (run.output.isOnTerminal && !flags.one);
    const incomplete = new IncompleteListings();
    const listing = listingOf(run, client, location, flags, incomplete);
    for await (const entry of inOrder(listing.entries, orderOf(run, flags))) {
      const name = namesOf(entry.path).slice(listing.depth).join('/') || entry.name;
      await run.output.result(entry, isLong ? longLine(entry, name) : name);
    }
    await incomplete.end(run);
  });
}

const ORDERS = {
  name: (one: RemoteEntry, other: RemoteEntry) => (one.path < other.path ? -1 : 1),
  time: (one: RemoteEntry, other: RemoteEntry) => (other.modified?.getTime() ?? 0) - (one.modified?.getTime() ?? 0),
  size: (one: RemoteEntry, other: RemoteEntry) => (other.size ?? 0) - (one.size ?? 0),
} as const;

interface Listing {
  readonly entries: AsyncIterable<RemoteEntry>;
  /** How many names of each path are those of what was asked for. */
  readonly depth: number;
}

/** What was asked for to be listed: a directory, what matches a pattern in one, or a single entry. */
function listingOf(
  run: RemoteRun,
  client: Client,
  location: RemoteLocation,
  { recursive }: ListFlags,
  { onIncomplete }: IncompleteListings,
): Listing {
  const whole = client.resolve(location.path);
  const pattern = patternOf(client, location);
  if (pattern !== undefined) {
    return {
      entries: entriesMatching(run, client, location, pattern, { onIncomplete }),
      depth: namesOf(parentOf(whole)).length,
    };
  }
  const { signal } = run;
  const options = { signal, onIncomplete };
  const entries = recursive ? client.walk(whole, options) : client.list(whole, options);
  return { entries: orEntry(entries, client, whole, signal), depth: namesOf(whole).length };
}

/** Of a path that turns out to be no directory, the entry itself. */
async function* orEntry(
  entries: AsyncIterable<RemoteEntry>,
  client: Client,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<RemoteEntry> {
  try {
    yield* entries;
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'refused') throw error;
    const entry = await client.stat(path, { signal }).catch(() => undefined);
    if (!entry || entry.kind === 'directory') throw error;
    yield entry;
  }
}

type Order = (one: RemoteEntry, other: RemoteEntry) => number;

/** Undefined: as the server tells them. Only what is read by a person, or was asked for, is kept back to be sorted. */
function orderOf({ output }: RemoteRun, { sort, recursive }: ListFlags): Order | undefined {
  if (sort !== undefined) return ORDERS[sort];
  return output.isJson || recursive ? undefined : ORDERS.name;
}

async function* inOrder(entries: AsyncIterable<RemoteEntry>, order: Order | undefined): AsyncGenerator<RemoteEntry> {
  yield* order ? (await Array.fromAsync(entries)).sort(order) : entries;
}

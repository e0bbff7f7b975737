import type { VirtualPath } from '../../core/index.ts';
import { type Reply, tellsCutListing, tellsEmptyListing } from '../../protocol/index.ts';
import type { Connection } from '../connection/connection.ts';
import { replyError } from '../connection/reply-error.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import { throwUnlessWhole } from '../transfer/data-ending.ts';
import { runTransfer, type TransferPlan } from '../transfer/run-transfer.ts';
import type { IncomingListing } from './incoming-listing.ts';

/**
 * Fetches the listing of a directory, in whichever format the server has. The directory is entered first, and the
 * commands go without an argument: servers take names with `[`, `*` or a leading `-` for patterns and options, and
 * answer for a missing directory as for an empty one. All other commands use absolute paths, so the connection may stay
 * there. @throws ClientError
 */
export async function fetchListing(
  { connection, features }: SignedIn,
  path: VirtualPath,
  listing: IncomingListing,
  signal: AbortSignal,
): Promise<void> {
  const { learnt } = connection.settings;
  const fetch = (command: Command) => fetchBy(connection, command, listing, signal);
  await connection.request('CWD', path, { signal });
  if (hasMachineListing(features) && !learnt.withoutMachineListing) {
    listing.format = 'facts';
    if (await isKnown(fetch(MLSD))) return;
    learnt.withoutMachineListing = true;
  }
  listing.format = 'lines';
  const isTaken = !learnt.withoutListOptions && !(await refusalOf(fetch(LIST_ALL)));
  if (listing.receivedBytes > 0) return;
  await orEmpty(fetch(LIST), listing);
  if (!isTaken || listing.receivedBytes > 0) learnt.withoutListOptions = true;
}

/** RFC 3659 section 7.8: MLST in FEAT stands for both; some servers write MLSD. */
export function hasMachineListing(features: ReadonlyMap<string, string>): boolean {
  return features.has('MLST') || features.has('MLSD');
}

type Command = Pick<TransferPlan, 'verb' | 'argument' | 'type'>;

/** The same in every TYPE (RFC 3659 section 7). */
const MLSD: Command = { verb: 'MLSD', argument: '', type: 'binary' };
/** Text for people, and so in TYPE A: servers with another character set convert it then alone (RFC 959 section 4.1.3). */
const LIST: Command = { verb: 'LIST', argument: '', type: 'text' };
/**
 * vsftpd and others leave out names that begin with a dot unless they are asked for. Servers that know no options refuse
 * this, or look for something of that name and find nothing; those that know them show at least `.`, so that a listing
 * without a byte tells to ask again without.
 */
const LIST_ALL: Command = { ...LIST, argument: '-a' };

async function fetchBy(
  connection: Connection,
  command: Command,
  listing: IncomingListing,
  signal: AbortSignal,
): Promise<void> {
  let isSent = false;
  listing.doubt = undefined;
  listing.hasEnd = true;
  const reply = await runTransfer(connection, {
    ...command,
    direction: 'listing',
    signal,
    async move(data, breakOff) {
      isSent = true;
      const { ending } = await data.receive(listing, { signal: breakOff });
      throwUnlessWhole(ending, connection.settings.endOfStream);
      listing.hasEnd = ending === 'clean';
    },
  });
  // vsftpd 3.0.5 shows a directory that it can't read as an empty one: "226 Transfer done (but failed to open directory)."
  const text = wholeTextOf(reply);
  if (text.includes('failed to open directory')) throw replyError(reply, 'transfer', command.verb, 'refused');
  if (tellsCutListing(text)) listing.doubt = { reason: 'cut', reply };
  // "Done" without a data connection may be the end of an empty listing, and of one that went astray.
  else if (!isSent && !tellsEmptyListing(text)) listing.doubt = { reason: 'nothing-sent', reply };
}

/** False where the server does not know the command: 501 is what some have for a verb without an argument. */
async function isKnown(work: Promise<void>): Promise<boolean> {
  const refusal = await refusalOf(work);
  if (refusal?.code === 'unsupported' || refusal?.reply?.code === 501) return false;
  if (refusal && !saysEmpty(refusal)) throw refusal;
  return true;
}

/**
 * Some refuse to list a directory that has no entries: in words that say so, or as if it were not there. That it is
 * there is known, since it was entered; whether it is empty is known by the words alone.
 */
async function orEmpty(work: Promise<void>, listing: IncomingListing): Promise<void> {
  const refusal = await refusalOf(work);
  if (!refusal || saysEmpty(refusal)) return;
  if (refusal.code !== 'not-found') throw refusal;
  listing.doubt = { reason: 'nothing-sent', reply: refusal.reply };
}

function saysEmpty({ reply }: ClientError): boolean {
  return (reply?.code === 450 || reply?.code === 550) && tellsEmptyListing(wholeTextOf(reply));
}

/** Of what is shown to people the end may be left out. */
function wholeTextOf({ lines }: Reply): string {
  return lines.join(' ');
}

/** What the server said against the command itself; whatever else went wrong is thrown. */
async function refusalOf(work: Promise<void>): Promise<ClientError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof ClientError && REFUSALS.has(error.code) && error.reply) return error;
    throw error;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['unsupported', 'refused', 'not-found']);

import type { VirtualPath } from '../../core/index.ts';
import { type Reply, tellsCutListing, tellsEmptyListing } from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { replyError } from '../connection/reply-error.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import type { IncomingListing } from '../listing/incoming-listing.ts';
import type { ListingEnd } from '../listing/listing-end.ts';
import { throwUnlessWhole } from '../transfer/data-ending.ts';
import { runTransfer } from '../transfer/run-transfer.ts';
import type { TransferPlan } from '../transfer/transfer-plan.ts';

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
): Promise<ListingEnd> {
  const { quirks } = connection.settings;
  let entering: Entering | undefined = enter(connection, path);
  const fetch = async (command: ListingCommand): Promise<Fetched> => {
    const first = entering;
    entering = undefined;
    const fetched = await fetchBy(connection, { ...command, ...first?.step }, listing, signal);
    const refusal = first?.refusal();
    if (refusal) throw refusal;
    // Where something else was refused before: another command would list whichever directory the connection is in.
    if (first && !first.hasEntered() && fetched.refusal) throw fetched.refusal;
    return fetched;
  };
  let machine: Fetched | undefined;
  if (tellsFacts({ connection, features })) {
    listing.format = 'facts';
    machine = await fetch(MLSD);
    const { end, refusal } = machine;
    if (refusal && !isUnknown(refusal) && !saysEmpty(refusal)) throw refusal;
    if (!refusal || !isUnknown(refusal)) return end;
    quirks.withoutMachineListing = true;
  }
  listing.format = 'lines';
  const all = quirks.withoutListOptions ? undefined : await fetch(LIST_ALL);
  const last = all ?? machine;
  if (last && listing.receivedBytes > 0) return last.end;
  const plain = await fetch(LIST);
  const end = plain.refusal ? endOfRefused(plain.refusal, plain.end) : plain.end;
  if (!all || all.refusal || listing.receivedBytes > 0) quirks.withoutListOptions = true;
  return end;
}

/** RFC 3659 section 7.8: MLST in FEAT stands for both; some servers write MLSD. */
function hasMachineListing(features: ReadonlyMap<string, string>): boolean {
  return features.has('MLST') || features.has('MLSD');
}

/** Whether MLSD and MLST are there, as far as is known. */
export function tellsFacts({ connection, features }: Pick<SignedIn, 'connection' | 'features'>): boolean {
  return hasMachineListing(features) && !connection.settings.quirks.withoutMachineListing;
}

type ListingCommand = Pick<TransferPlan, 'verb' | 'argument' | 'type' | 'questions' | 'onAnswers'>;

/** Goes into the directory together with the first command there. What comes of one that could not be entered is never read. */
interface Entering {
  readonly step: Required<Pick<TransferPlan, 'questions' | 'onAnswers'>>;
  /** Said against the directory, and not against the listing. */
  readonly refusal: () => ClientError | undefined;
  /** Whether the server has said that it is there. */
  readonly hasEntered: () => boolean;
}

function enter(connection: ControlConnection, path: VirtualPath): Entering {
  let refusal: ClientError | undefined;
  let hasEntered = false;
  const step: Entering['step'] = {
    questions: [['CWD', path]],
    onAnswers([reply]) {
      hasEntered = reply !== undefined && reply.code < 300;
      if (!reply || hasEntered) return;
      refusal = connection.refusal(reply, 'command', `CWD ${path}`);
      throw refusal;
    },
  };
  return { step, refusal: () => refusal, hasEntered: () => hasEntered };
}

/** The same in every TYPE (RFC 3659 section 7). */
const MLSD: ListingCommand = { verb: 'MLSD', argument: '', type: 'binary' };
/** Text for people, and so in TYPE A: servers with another character set convert it then alone (RFC 959 section 4.1.3). */
const LIST: ListingCommand = { verb: 'LIST', argument: '', type: 'text' };
/**
 * vsftpd and others leave out names that begin with a dot unless they are asked for. Servers that know no options refuse
 * this, or look for something of that name and find nothing; those that know them show at least `.`, so that a listing
 * without a byte tells to ask again without.
 */
const LIST_ALL: ListingCommand = { ...LIST, argument: '-a' };

/** What came of one command; `refusal` is what the server said against it. Whatever else went wrong is thrown. */
interface Fetched {
  readonly end: ListingEnd;
  readonly refusal?: ClientError;
}

async function fetchBy(
  connection: ControlConnection,
  command: ListingCommand,
  listing: IncomingListing,
  signal: AbortSignal,
): Promise<Fetched> {
  let isSent = false;
  let isClosed = true;
  try {
    const { reply } = await runTransfer(connection, {
      ...command,
      direction: 'listing',
      signal,
      mayAskAhead: () => true,
      async move(data, breakOff, { endsFirst }) {
        const { ending } = await data.receive(listing, { signal: breakOff, endsFirst });
        throwUnlessWhole(ending, connection.settings.endOfStream);
        isSent = true;
        isClosed = ending === 'clean';
      },
    });
    // vsftpd 3.0.5 shows a directory that it can't read as an empty one: "226 Transfer done (but failed to open directory)."
    const isUnreadable = wholeTextOf(reply).includes('failed to open directory');
    if (isUnreadable) throw replyError(reply, 'transfer', command.verb, 'refused');
    return { end: { doubt: doubtAbout(reply, isSent), isClosed } };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { refusal: error, end: { doubt: undefined, isClosed } };
  }
}

function doubtAbout(reply: Reply, isSent: boolean): ListingEnd['doubt'] {
  const text = wholeTextOf(reply);
  if (tellsCutListing(text)) return { reason: 'cut', reply };
  // "Done" without a data connection may be the end of an empty listing, and of one that went astray.
  return isSent || tellsEmptyListing(text) ? undefined : { reason: 'nothing-sent', reply };
}

/** The server does not know the command: 501 is what some have for a verb without an argument. */
function isUnknown({ code, reply }: ClientError): boolean {
  return code === 'unsupported' || reply?.code === 501;
}

/**
 * Some refuse to list a directory that has no entries: in words that say so, or as if it were not there. That it is
 * there is known, since it was entered; whether it is empty is known by the words alone.
 */
function endOfRefused(refusal: ClientError, end: ListingEnd): ListingEnd {
  if (saysEmpty(refusal)) return end;
  if (refusal.code !== 'not-found') throw refusal;
  return { ...end, doubt: { reason: 'nothing-sent', reply: refusal.reply } };
}

function saysEmpty({ reply }: ClientError): boolean {
  return (reply?.code === 450 || reply?.code === 550) && tellsEmptyListing(wholeTextOf(reply));
}

/** Of what is shown to people the end may be left out. */
function wholeTextOf({ lines }: Reply): string {
  return lines.join(' ');
}

/** Said against the command itself. */
function isRefusal(error: unknown): error is ClientError {
  return error instanceof ClientError && REFUSALS.has(error.code) && error.reply !== undefined;
}

const REFUSALS: ReadonlySet<string> = new Set(['unsupported', 'refused', 'not-found']);

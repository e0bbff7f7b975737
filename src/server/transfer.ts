import { createHash, type Hash } from 'node:crypto';
import { PassThrough, type Transform } from 'node:stream';
import {
  type Direction,
  type Ending,
  type Entry,
  StorageError,
  type TransferFacts,
  type Upload,
  type VirtualPath,
} from '../core/index.ts';
import {
  encodeListing,
  fromNetworkAscii,
  type Reply,
  reply,
  replyWithPath,
  toNetworkAscii,
} from '../protocol/index.ts';
import { connectingEndpoint, type DataConnection, type DataEndpoint, DataError } from '../transport/index.ts';
import { compress, decompress } from './compression.ts';
import { dataTls } from './data-tls.ts';
import { replyFor } from './failures.ts';
import { RunningTransfer, type TransferDescription } from './running-transfer.ts';
import { requireRecord } from './unrecorded.ts';
import type { UserSession } from './user-session.ts';

type Result = Pick<TransferFacts, 'bytes' | 'ending' | 'outcome'> & { readonly answer: Reply };

/** Sends a file or a listing over a data connection. Resolves with the completion reply. */
export function sendData(
  user: UserSession,
  description: TransferDescription,
  source: AsyncIterable<Uint8Array>,
): Promise<Reply> {
  return transfer(user, description, async (connection, through) => {
    const { bytes } = await connection.send(source, {
      ...rateLimitOf(user, description),
      through,
      signal: user.session.signal,
    });
    return { bytes, ending: 'clean', outcome: 'complete', answer: reply(226, `Sent ${bytes} bytes`) };
  });
}

/** Sends the lines of a listing of `path`, which come in batches. */
export function sendListing(
  user: UserSession,
  verb: string,
  path: VirtualPath,
  lines: AsyncIterable<readonly string[]>,
): Promise<Reply> {
  const description: TransferDescription = { verb, direction: 'listing', path, offset: 0, text: 'Here it comes' };
  return sendData(user, description, encodeListing(lines));
}

/**
 * Receives an upload over a data connection. The file is published only if the peer confirmed its end: by close_notify
 * under TLS (RFC 8446 section 6.1), unless the account's rule is lenient, and while the control connection is open. An
 * upload that the peer interrupted is kept for resuming. An upload that the storage could not write is discarded.
 */
export async function receiveData(user: UserSession, description: TransferDescription, upload: Upload): Promise<Reply> {
  try {
    return await transfer(user, description, async (connection, through) => {
      const options = { ...rateLimitOf(user, description), through, signal: user.session.signal };
      const { bytes, ending } = await connection.receive(upload.sink, options);
      const isWhole = ending === 'clean' || (ending === 'cut' && user.workspace.policy.endOfStream === 'lenient');
      const isProven = ending === 'clean' && connection.tls !== undefined;
      const fault = isWhole ? await abandonment(user, isProven) : BROKEN[ending];
      if (fault === undefined) {
        await upload.commit();
        return { bytes, ending, outcome: 'complete', answer: reply(226, `Received ${bytes} bytes, stored`) };
      }
      const kept = await upload.suspend();
      const answer = reply(426, `${fault}: not stored${kept ? `, ${kept.size} bytes kept for resuming` : ''}`);
      return { bytes, ending, outcome: kept ? 'kept-partial' : 'discarded', answer };
    });
  } catch (error) {
    // No data connection was made, or nothing taken from it, so the interrupted upload of before can still be resumed.
    if (error instanceof DataError || error instanceof StorageError) await upload.suspend();
    throw error;
  } finally {
    // Has no effect if the upload was committed, suspended or discarded before.
    await upload.discard();
  }
}

/**
 * Why an upload that seems complete must not be published: its control connection has ended, and with it the transfer
 * (RFC 959 section 3.2). Unless TLS has proven the end of the file, nothing else distinguishes a killed client from one
 * that has finished: the system closes the connections of a dead process in the ordinary way, one after the other.
 */
export async function abandonment({ session }: UserSession, isProven: boolean): Promise<string | undefined> {
  const isThere = await session.channel.staysOpen(isProven ? 0 : session.settings.limits.clearEndMs);
  return isThere ? undefined : 'The control connection ended before the upload';
}

const BROKEN: { readonly [ending in Ending]: string } = {
  clean: 'The upload ended',
  cut: 'The TLS stream was cut before its close_notify',
  reset: 'The data connection was reset',
  stalled: 'The data connection stalled',
  aborted: 'The transfer was aborted',
};

type Move = (connection: DataConnection, through: readonly Transform[]) => Promise<Result>;

function transfer(user: UserSession, description: TransferDescription, move: Move): Promise<Reply> {
  return withDataConnection(user, description, (connection) => transferOver(connection, user, description, move));
}

/** Says 150, opens the data connection, and ends it behind the work. @throws DataError where there is none */
export async function withDataConnection(
  user: UserSession,
  description: TransferDescription,
  work: (connection: DataConnection) => Promise<Reply>,
): Promise<Reply> {
  const { session } = user;
  await using endpoint = user.takeEndpoint() ?? defaultEndpoint(user);
  using running = new RunningTransfer(description);
  session.transfer = running;
  try {
    // Clients read the name that STOU chose from this reply.
    await session.send(replyWithPath(150, description.text));
    await using connection = await open(user, endpoint, description.direction);
    running.connection = connection;
    return await work(connection);
  } finally {
    session.transfer = undefined;
  }
}

async function transferOver(
  connection: DataConnection,
  user: UserSession,
  { verb, direction, path, offset, entry, end }: TransferDescription,
  move: Move,
): Promise<Reply> {
  const { session } = user;
  const began = performance.now();
  session.publish({ event: 'transfer.started', verb, direction, path });
  // No byte of a file leaves before it is recorded who gets it.
  await requireRecord(user);
  const hash = session.settings.digestTransfers && direction !== 'listing' ? createHash('sha256') : undefined;
  const { answer, ...facts } = await move(connection, steps(user, direction, hash)).catch(
    (error): Result => ({
      bytes: connection.bytes,
      ending: endingOf(error),
      outcome: 'discarded',
      answer: replyFor(error),
    }),
  );
  session.isRefusalTold = true;
  session.publish({
    event: 'transfer.finished',
    verb,
    direction,
    path,
    offset,
    ...facts,
    durationMs: Math.round(performance.now() - began),
    reply: answer.code,
    ...(answer.code >= 400 && { reason: answer.lines.join(' ') }),
    ...(connection.tls && { tls: connection.tls }),
    ...(hash && { sha256: hash.digest('hex') }),
    ...(entry && { entry }),
    ...(direction === 'download' && isPartial(offset + facts.bytes, entry, end) && { isPartial: true }),
  });
  return answer;
}

/** Whether the file may go on behind what was sent. */
function isPartial(sentUpTo: number, entry: Entry | undefined, end: number | undefined): boolean {
  return entry ? sentUpTo < entry.size : end !== undefined;
}

async function open(user: UserSession, endpoint: DataEndpoint, direction: Direction): Promise<DataConnection> {
  const { session } = user;
  try {
    return await endpoint.open({
      direction,
      ...dataTls(user),
      signal: session.signal,
      limits: session.settings.limits,
    });
  } catch (error) {
    if (error instanceof DataError) session.publish({ event: 'data.refused', code: error.code, reason: error.code });
    throw error;
  }
}

/** RFC 959 section 3.3: without PORT or PASV, the data port is the peer's control port. */
function defaultEndpoint(user: UserSession) {
  const { settings, channel } = user.session;
  if (!settings.active || user.parameters.extendedOnly) throw new DataError('no-endpoint', 'Use EPSV or PASV first');
  return connectingEndpoint(channel.peer, { localAddress: channel.local.address });
}

/** The transformations between the storage and the wire, in the order in which bytes pass them: TYPE A, then MODE Z. */
function steps(user: UserSession, direction: Direction, hash: Hash | undefined): readonly Transform[] {
  const { limits } = user.session.settings;
  const isUpload = direction === 'upload';
  const digest = hash ? [new PassThrough().on('data', (chunk) => hash.update(chunk))] : [];
  const ascii =
    user.parameters.type === 'ascii' && direction !== 'listing'
      ? [isUpload ? fromNetworkAscii() : toNetworkAscii()]
      : [];
  const packed = user.parameters.mode === 'deflate' ? [isUpload ? decompress(limits.maxInflateRatio) : compress()] : [];
  return isUpload ? [...packed, ...ascii, ...digest] : [...digest, ...ascii, ...packed];
}

export function rateLimitOf(user: UserSession, description: TransferDescription) {
  const { upload, download } = user.workspace.policy;
  const rateLimiter = description.direction === 'upload' ? upload : download;
  return rateLimiter ? { rateLimiter } : {};
}

function endingOf(error: unknown): Ending {
  if (error instanceof DataError) return error.ending;
  if (error instanceof StorageError && error.code !== 'aborted') return 'clean';
  return 'aborted';
}

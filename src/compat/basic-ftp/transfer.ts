import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import { background } from '../../core/index.ts';
import { connectingEndpoint, type DataConnection, DataError } from '../../transport/index.ts';
import { dataTls } from './data-tls.ts';
import type { FTPContext } from './ftp-context.ts';
import { FTPError, type FTPResponse } from './ftp-error.ts';
import { limits } from './limits.ts';
import type { ProgressTracker, ProgressType } from './progress-tracker.ts';

const { abortMs, closeNotifyMs, dataConnectMs, replyFlushMs } = limits;

export interface BasicTransfer {
  /** The remote path, for the progress. */
  readonly name: string;
  readonly type: ProgressType;
  readonly command: string;
  /** Sent when the server asks for more (350), as it does behind REST. */
  readonly next?: string;
  /** Moves all bytes. What it throws breaks the transfer off. */
  readonly move: (data: DataConnection, signal: AbortSignal) => Promise<void>;
}

/**
 * One transfer over the data socket that was prepared. It is done when all bytes have moved and the server has said so.
 * When the bytes can't move the server gets a moment to say what it has to, so that the conversation stays in step;
 * where it says nothing, the client is closed.
 */
export async function transfer(ftp: FTPContext, tracker: ProgressTracker, plan: BasicTransfer): Promise<FTPResponse> {
  const breakOff = new AbortController();
  const opened = openData(ftp, plan, breakOff.signal);
  const moved = Promise.withResolvers<void>();
  let moving: Promise<void> | undefined;
  let isAnswered = false;

  const begin = (): void => {
    moving ??= move();
    moving.then(moved.resolve, moved.reject);
  };
  const move = async (): Promise<void> => {
    const data = await opened;
    // It is watched on the data connection that bytes move; the control connection is silent meanwhile.
    if (!isAnswered) ftp.socket.setTimeout(0);
    try {
      tracker.start(plan.name, plan.type, () => data.bytes);
      await plan.move(data, breakOff.signal);
    } catch (error) {
      data.abort();
      throw error;
    } finally {
      tracker.updateAndStop();
      if (!isAnswered) ftp.socket.setTimeout(ftp.timeout);
    }
  };
  const answered: Promise<FTPResponse> = ftp.handle(plan.command, (response, task) => {
    if (response instanceof Error) task.reject(response);
    else if (response.code === 125 || response.code === 150) begin();
    else if (response.code === 350 && plan.next) ftp.send(plan.next);
    else if (response.code >= 300) ftp.closeWithError(new Error(`Unexpected FTP response: ${response.message}`));
    else if (response.code >= 200) {
      isAnswered = true;
      // Some servers leave out the 150.
      begin();
      task.resolve(response);
    }
  });

  try {
    const [response] = await Promise.all([answered, moved.promise, opened]);
    return response;
  } catch (error) {
    const failure = asError(error);
    breakOff.abort(failure);
    await moving?.catch(ignore);
    throw await worst(failure);
  } finally {
    ftp.dataSocket = undefined;
  }

  /** What the server says of a data connection that failed tells more than that it did. */
  async function worst(failure: Error): Promise<Error> {
    const isStalled = failure instanceof DataError && failure.code === 'stalled';
    if (isStalled) ftp.closeWithError(new Error('Timeout (data socket)'));
    const timer = setTimeout(() => ftp.closeWithError(failure), abortMs);
    const refusal = await answered.then(ignore, (error: unknown) => error);
    clearTimeout(timer);
    if (isStalled) return new Error('Timeout (data socket)');
    if (!(failure instanceof DataError)) return failure;
    const isOurs = failure.code === 'wrong-certificate';
    return refusal instanceof FTPError && !isOurs ? refusal : explained(failure);
  }
}

/** Sends all of a stream; bytes or text. */
export function sendFrom(source: Readable): BasicTransfer['move'] {
  return async (data, signal) => {
    await data.send(bytesOf(source), { signal });
  };
}

/** Fills a stream, and ends it when all is there. A data stream that was cut fails, whatever the server says of it. */
export function receiveInto(destination: Writable): BasicTransfer['move'] {
  return async (data, signal) => {
    const { ending } = await data.receive(destination, { signal });
    if (ending === 'stalled') throw new DataError('stalled', 'Nothing moved on the data connection for too long');
    if (ending !== 'clean') throw new DataError('reset', 'The data connection was cut: what came is not the whole');
    destination.end();
    await finished(destination, { readable: false, signal });
  };
}

function openData(ftp: FTPContext, { type }: BasicTransfer, signal: AbortSignal): Promise<DataConnection> {
  const socket = ftp.dataSocket;
  if (!socket) throw new Error('There is no data connection: prepareTransfer has to set ftp.dataSocket');
  const isBare = ftp.hasTLS && !(socket instanceof TLSSocket);
  const endpoint = connectingEndpoint({ address: '', port: 0 }, { dial: async () => socket });
  const opened = endpoint.open({
    tls: isBare ? dataTls(ftp) : undefined,
    direction: type === 'list' ? 'listing' : type,
    sessionReuse: 'prefer',
    limits: { stallMs: ftp.timeout, replyFlushMs, closeNotifyMs, dataConnectMs },
    signal,
  });
  background(opened, ignore);
  return opened;
}

async function* bytesOf(source: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

function explained({ message, cause }: DataError): Error {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  const code = cause instanceof Error && 'code' in cause ? { code: cause.code } : {};
  return Object.assign(new Error(`${message}${reason} (data socket)`, { cause }), code);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function ignore(): void {
  // It is told elsewhere.
}

import { ByteReader, MalformedPacket, type SftpAttributes, type SftpReply } from '../../protocol/index.ts';
import { aborted, throwIfAborted } from '../connection/aborted.ts';
import { ClientError, type ClientPhase } from '../errors.ts';
import { commandOf, type SftpAsk } from './sftp-ask.ts';
import type { SftpConnection } from './sftp-connection.ts';
import { statusError } from './status-error.ts';

export interface AskOptions {
  readonly signal: AbortSignal | undefined;
  readonly phase?: ClientPhase;
  /** How much of data the request or its reply carries. */
  readonly bytes?: number;
  readonly isSlow?: boolean;
}

/** One request and its reply, of the kind that it must have. @throws ClientError for a status other than that, and an abort */
export class SftpRequests {
  readonly #connection: SftpConnection;

  constructor(connection: SftpConnection) {
    this.#connection = connection;
  }

  async ok(request: SftpAsk, options: AskOptions): Promise<void> {
    const reply = await this.reply(request, options);
    if (reply.kind !== 'status') throw unexpected(reply, request);
    if (reply.status !== 0) throw statusError(reply, options.phase ?? 'command', commandOf(request));
  }

  async attributes(request: SftpAsk, options: AskOptions): Promise<SftpAttributes> {
    const reply = await this.reply(request, options);
    if (reply.kind === 'attributes') return reply.attributes;
    throw refusalOf(reply, request, options.phase);
  }

  async names(request: SftpAsk, options: AskOptions) {
    const reply = await this.reply(request, options);
    if (reply.kind === 'names') return reply.entries;
    throw refusalOf(reply, request, options.phase);
  }

  /** @param read takes the fields of the reply */
  async extended<T>(request: SftpAsk, options: AskOptions, read: (fields: ByteReader) => T): Promise<T> {
    const reply = await this.reply(request, options);
    if (reply.kind !== 'extended') throw refusalOf(reply, request, options.phase);
    try {
      return read(new ByteReader(reply.data));
    } catch (cause) {
      if (!(cause instanceof MalformedPacket)) throw cause;
      const message = `The server answered with too few fields (${commandOf(request)})`;
      throw new ClientError('protocol', message, { phase: 'command', command: commandOf(request), cause });
    }
  }

  /** A handle, which whoever gets it closes. One that comes behind an abort is closed here. */
  async handle(request: SftpAsk, options: AskOptions): Promise<string> {
    const asked = this.#connection.ask(request);
    try {
      const reply = await unlessAborted(asked, options.signal, options.phase);
      if (reply.kind === 'handle') return reply.handle;
      throw refusalOf(reply, request, options.phase);
    } catch (error) {
      if (options.signal?.aborted) {
        asked.then(
          (reply) => reply.kind === 'handle' && this.closeLater(reply.handle),
          () => undefined,
        );
      }
      throw error;
    }
  }

  /** Nobody waits for it, and it holds nothing back. */
  closeLater(handle: string): void {
    this.#connection.ask({ kind: 'close', handle }).catch(() => undefined);
  }

  reply(request: SftpAsk, { signal, phase, bytes, isSlow }: AskOptions): Promise<SftpReply> {
    throwIfAborted(signal, phase ?? 'command');
    return unlessAborted(this.#connection.ask(request, bytes, isSlow), signal, phase);
  }
}

/** The error that a reply stands for which is none of those that were waited for. */
export function refusalOf(reply: SftpReply, request: SftpAsk, phase: ClientPhase = 'command'): ClientError {
  if (reply.kind === 'status' && reply.status !== 0) return statusError(reply, phase, commandOf(request));
  return unexpected(reply, request);
}

function unexpected({ kind }: SftpReply, request: SftpAsk): ClientError {
  const message = `The server answered with ${kind} where it must not (${commandOf(request)})`;
  return new ClientError('protocol', message, { phase: 'command', command: commandOf(request) });
}

function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  phase: ClientPhase = 'command',
): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted(signal, phase));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

import { once } from 'node:events';
import { openFlags, type SftpReply, STATUS } from '../../protocol/index.ts';
import { throwIfAborted } from '../connection/aborted.ts';
import type { RemoteFile } from '../connection/remote-file.ts';
import type { ReceivePlan } from '../connection/session.ts';
import { ClientError } from '../errors.ts';
import { dataFailure } from '../transfer/data-failure.ts';
import { asError, type DownloadSink } from '../transfer/sink.ts';
import { factsOf } from './remote-attributes.ts';
import { refusalOf, type SftpRequests } from './sftp-requests.ts';

export interface TransferBounds {
  /** Bytes of one request. */
  readonly bytes: number;
  /** Requests at once. */
  readonly requests: number;
}

/** As long as the size is not known, more would mostly be asked in vain. */
const FIRST_REQUESTS = 2;

/**
 * Receives a file, or a range of it, by many READs at once, whose bytes go on in their order. What is to be known of the file
 * is asked of the open one, together with its first bytes. @throws ClientError
 */
export async function receive(answers: SftpRequests, plan: ReceivePlan, bounds: TransferBounds): Promise<void> {
  const { path, signal } = plan;
  if (plan.type === 'text') throw new ClientError('unsupported', 'SFTP knows no lines of text', { phase: 'prepare' });
  const request = { kind: 'open', path, flags: openFlags('read'), attributes: {} } as const;
  const handle = await answers.handle(request, { signal, phase: 'transfer' });
  const reading = new Reading(answers, handle, plan, bounds);
  try {
    await reading.run();
  } catch (error) {
    throw dataFailure(error, 'transfer', { command: `read ${path}` });
  } finally {
    plan.onMoved(reading.moved);
    answers.closeLater(handle);
  }
}

class Reading {
  /** Bytes that went to the sink. */
  moved = 0;
  readonly #answers: SftpRequests;
  readonly #handle: string;
  readonly #plan: ReceivePlan;
  readonly #bounds: TransferBounds;
  readonly #asked: { readonly length: number; readonly reply: Promise<SftpReply> }[] = [];
  /** Byte that is asked for next. */
  #next: number;
  /** Byte that nothing is wanted from on. */
  #end: number;

  constructor(answers: SftpRequests, handle: string, plan: ReceivePlan, bounds: TransferBounds) {
    this.#answers = answers;
    this.#handle = handle;
    this.#plan = plan;
    this.#bounds = bounds;
    this.#next = plan.offset;
    this.#end = plan.end ?? Number.POSITIVE_INFINITY;
  }

  async run(): Promise<void> {
    const { question, rateLimiter, signal, path } = this.#plan;
    const facts = this.#ask({ kind: 'fstat', handle: this.#handle });
    this.#fill(FIRST_REQUESTS);
    const file = fileIn(await facts);
    question?.take(file);
    if (file.size !== undefined) this.#end = Math.min(this.#end, file.size);
    const sink = this.#plan.begin(file.size);
    for (;;) {
      if (this.#plan.offset + this.moved >= this.#end) return;
      this.#fill(this.#bounds.requests);
      const next = this.#asked.shift();
      if (!next) return;
      const data = dataIn(await next.reply, path);
      if (data === undefined) return;
      await rateLimiter?.take(data.length, signal);
      await this.#pass(data.subarray(0, this.#end - this.#plan.offset - this.moved), sink);
      if (data.length < next.length) await this.#rest(next.length - data.length, sink);
    }
  }

  /** A server may give fewer bytes than it was asked for: what is missing between them and the next ones comes now. */
  async #rest(missing: number, sink: DownloadSink): Promise<void> {
    for (
      let left = Math.min(missing, this.#end - this.#position);
      left > 0;
      left = Math.min(left, this.#end - this.#position)
    ) {
      const data = dataIn(await this.#read(this.#position, left), this.#plan.path);
      if (data === undefined) {
        this.#end = this.#position;
        return;
      }
      if (data.length === 0)
        throw new ClientError('protocol', 'The server gives no bytes and no end', { phase: 'transfer' });
      await this.#pass(data, sink);
      left -= data.length;
    }
  }

  get #position(): number {
    return this.#plan.offset + this.moved;
  }

  #fill(requests: number): void {
    while (this.#asked.length < requests && this.#next < this.#end) {
      const length = Math.min(this.#bounds.bytes, this.#end - this.#next);
      this.#asked.push({ length, reply: this.#read(this.#next, length) });
      this.#next += length;
    }
  }

  #read(offset: number, length: number): Promise<SftpReply> {
    return this.#ask({ kind: 'read', handle: this.#handle, offset, length }, length);
  }

  #ask(request: Parameters<SftpRequests['reply']>[0], bytes = 0): Promise<SftpReply> {
    const { signal } = this.#plan;
    throwIfAborted(signal, 'transfer');
    const reply = this.#answers.reply(request, { signal, phase: 'transfer', bytes });
    // Those behind the one that failed are of no use.
    reply.catch(() => undefined);
    return reply;
  }

  async #pass(bytes: Uint8Array, sink: DownloadSink): Promise<void> {
    throwIfFailed(sink);
    if (bytes.length === 0) return;
    const hasRoom = sink.write(bytes);
    this.moved += bytes.length;
    throwIfFailed(sink);
    const { signal } = this.#plan;
    if (!hasRoom) await once(sink, 'drain', signal && { signal });
    throwIfAborted(signal, 'transfer');
  }
}

/** @throws what it failed with */
function throwIfFailed({ errored }: DownloadSink): void {
  if (errored) throw asError(errored);
}

function fileIn(reply: SftpReply): RemoteFile {
  if (reply.kind !== 'attributes') return { size: undefined, modified: undefined };
  const { size, modified } = factsOf(reply.attributes);
  return { size, modified };
}

/** Undefined at the end of the file. */
function dataIn(reply: SftpReply, path: string): Uint8Array | undefined {
  if (reply.kind === 'data') return reply.data;
  if (reply.kind === 'status' && reply.status === STATUS['end-of-file']) return undefined;
  throw refusalOf(reply, { kind: 'stat', path }, 'transfer');
}

import type { Buffer } from 'node:buffer';
import {
  ANNOUNCED,
  MalformedPacket,
  PacketSplitter,
  parseInit,
  parseRequest,
  type SftpRequest,
  type SftpRequestKind,
  STATUS,
  sftpReply,
} from '../protocol/index.ts';
import type { ByteBudget } from './byte-budget.ts';
import { isUnexpected, SftpFailure, statusOf } from './failures.ts';
import { Postponed } from './postponed.ts';
import { MAX_DATA_BYTES } from './requests/answers.ts';
import { REQUESTS } from './requests/index.ts';
import type { RequestDefinition } from './requests/request.ts';
import { RunningRequests } from './running-requests.ts';
import { pathIn, type SignedInUser } from './signed-in-user.ts';
import type { SshChannel } from './ssh/transport.ts';

/** What a conversation tells its session. */
export interface ConversationHost {
  /** For the requests of all conversations of the session. */
  readonly budget: ByteBudget;
  /** Why no operation can be begun now: none could be recorded. */
  readonly trouble: string | undefined;
  begun(kind: SftpRequestKind): void;
  /** Resolves once what was published of the session is recorded, where it must be; with what keeps it from that. */
  recorded(): Promise<string | undefined>;
  ended(request: SftpRequest, outcome: Outcome): void;
}

export interface Outcome {
  readonly status: number;
  readonly message: string;
  /** The path that it named, as it was given. */
  readonly path: string | undefined;
  readonly durationMs: number;
  /** What nobody foresaw. */
  readonly error?: unknown;
}

/** The requests of one channel, from its first to its last. Resolves when the channel has ended and nothing runs any more. */
export async function converse(channel: SshChannel, user: SignedInUser, host: ConversationHost): Promise<void> {
  const conversation = new Conversation(channel, user, host);
  try {
    await conversation.run();
  } catch (error) {
    if (!(error instanceof MalformedPacket)) throw error;
  } finally {
    channel.close();
    await conversation.end();
  }
}

class Conversation {
  readonly #channel: SshChannel;
  readonly #user: SignedInUser;
  readonly #host: ConversationHost;
  readonly #running: RunningRequests;
  readonly #postponed: Postponed;

  constructor(channel: SshChannel, user: SignedInUser, host: ConversationHost) {
    this.#channel = channel;
    this.#user = user;
    this.#host = host;
    const { maxSftpRequestsInFlight, sftpUploadEndMs } = user.settings.limits;
    this.#running = new RunningRequests(maxSftpRequestsInFlight);
    this.#postponed = new Postponed(sftpUploadEndMs);
  }

  async run(): Promise<void> {
    const splitter = new PacketSplitter(this.#user.settings.limits.maxSftpPacketBytes);
    let hasBegun = false;
    for await (const chunk of this.#channel.incoming) {
      for (const packet of splitter.push(chunk)) {
        if (this.#user.signal.aborted) return;
        if (hasBegun) await this.#take(packet);
        else if (parseInit(packet) === undefined) return;
        else await this.#channel.write(sftpReply.version(ANNOUNCED));
        hasBegun = true;
      }
    }
  }

  /** Gives up what has not begun yet. Resolves when nothing runs any more. */
  async end(): Promise<void> {
    await this.#postponed.giveUp();
    await this.#running.settled();
  }

  /** Begins a request once it may. Until then no further one is read, and the window of the channel fills. */
  async #take(packet: Buffer): Promise<void> {
    const request = parseRequest(packet);
    const upload = this.#uploadAwaitedBy(request);
    if (upload) return this.#postpone(request, packet.length, upload);
    const { order } = REQUESTS[request.kind];
    if (order === 'alone') await this.#running.settled();
    await this.#running.room();
    const { signal } = this.#user;
    const bytes = request.kind === 'read' ? Math.min(request.length, MAX_DATA_BYTES) : packet.length;
    if (!(await this.#host.budget.take(bytes, signal))) return;
    const answered = this.#answer(request).finally(() => this.#host.budget.giveBack(bytes));
    this.#running.add(answered);
    if (order === 'alone') await answered;
  }

  /** Aborts when the upload has ended that a request waits for. Beyond as many as may run at once none waits. */
  #uploadAwaitedBy(request: SftpRequest): AbortSignal | undefined {
    const { awaitsUploads } = REQUESTS[request.kind] as RequestDefinition<SftpRequestKind>;
    if (this.#postponed.size >= this.#user.settings.limits.maxSftpRequestsInFlight) return undefined;
    for (const path of awaitsUploads?.(request) ?? []) {
      const ended = this.#user.handles.uploadEnded(pathIn(path));
      if (ended) return ended;
    }
    return undefined;
  }

  /** What comes behind it does not wait: the CLOSE is part of that. */
  async #postpone(request: SftpRequest, bytes: number, until: AbortSignal): Promise<void> {
    if (!(await this.#host.budget.take(bytes, this.#user.signal))) return;
    const free = () => this.#host.budget.giveBack(bytes);
    this.#postponed.add(until, () => this.#answer(request).finally(free), free);
  }

  async #answer(request: SftpRequest): Promise<void> {
    const began = performance.now();
    this.#host.begun(request.kind);
    // The definition of a kind takes requests of that very kind, which the type of the table says kind by kind only.
    const definition = REQUESTS[request.kind] as RequestDefinition<SftpRequestKind>;
    const path = definition.path?.(request);
    const told = (outcome: Pick<Outcome, 'status' | 'message' | 'error'>) =>
      this.#host.ended(request, { ...outcome, path, durationMs: Math.round(performance.now() - began) });
    let reply: Buffer;
    try {
      const { trouble } = this.#host;
      if (path !== undefined && trouble !== undefined) throw new SftpFailure('failure', trouble);
      reply = await definition.run(this.#user, request);
      told({ status: STATUS.ok, message: '' });
    } catch (error) {
      const { status, message } = statusOf(error);
      reply = sftpReply.status(request.id, status, message);
      told({ status: STATUS[status], message, ...(isUnexpected(error) && { error }) });
    }
    const trouble = isMovingBytes(request) ? undefined : await this.#host.recorded();
    await this.#channel.write(trouble === undefined ? reply : sftpReply.status(request.id, 'failure', trouble));
  }
}

/** They acknowledge nothing that has a record: what the file is opened and closed for does. */
function isMovingBytes({ kind }: SftpRequest): boolean {
  return kind === 'read' || kind === 'write';
}

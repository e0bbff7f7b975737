import { background, type DigestAlgorithm, type TlsFacts } from '../../core/index.ts';
import { type HostPort, type Reply, ReplyReader } from '../../protocol/index.ts';
import { ChannelError, ClientChannel, ClientTls } from '../../transport/index.ts';
import { ClientError, type ClientPhase } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import { aborted, throwIfAborted } from './aborted.ts';
import { channelFailure } from './channel-failure.ts';
import { commandBytes, shownCommand } from './command-bytes.ts';
import { mayAnswer } from './may-answer.ts';
import { PassiveAhead } from './passive-ahead.ts';
import { readReply } from './read-reply.ts';
import { replyError, textOf } from './reply-error.ts';
import { NO_HABITS, type ServerHabits } from './server-habits.ts';
import { tlsSettings } from './tls-settings.ts';

/** A command and its argument, `''` for none. */
export type Command = readonly [verb: string, argument: string];

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Replies beyond 2yz that are no failure to the caller. */
  readonly accept?: (code: number) => boolean;
  readonly phase?: ClientPhase;
  readonly timeoutMs?: number;
}

/**
 * One control connection: commands out, replies in, in the order in which they belong together. Replies that nobody
 * waits for any more, because their call was aborted, are counted and read before the next command. One call at a time:
 * whoever shares it has to see to that.
 */
export class ControlConnection implements AsyncDisposable {
  readonly number: number;
  readonly settings: ClientSettings;
  readonly tls: ClientTls;
  /** What TYPE and OPTS HASH were set to last; undefined from when these are sent until they are answered. */
  type: 'I' | 'A' | undefined;
  hashAlgorithm: DigestAlgorithm | undefined;
  /** What is known of a server of its name. */
  habits: ServerHabits = NO_HABITS;
  /** Whether the server may hold a name that RNFR gave and no RNTO has used. */
  mayHoldName = false;
  readonly passiveAhead = new PassiveAhead();
  /** Whether a data connection has resumed the TLS session of this one. */
  hasResumed = false;
  readonly #channel: ClientChannel;
  readonly #replies: ReplyReader;
  /** Final replies that will come and that nobody waits for. */
  #skippedReplies = 0;
  /** Whether the last reply was a 1yz. */
  #hasBegun = false;
  #failure: ClientError | undefined;

  private constructor(number: number, settings: ClientSettings, channel: ClientChannel, tls: ClientTls) {
    const { maxReplyBytes, maxReplyLines } = settings.limits;
    this.number = number;
    this.settings = settings;
    this.#channel = channel;
    this.tls = tls;
    this.#replies = new ReplyReader({ decode: settings.charset.decode, maxReplyBytes, maxReplyLines });
    const toLog = channel.closed.then((reason) => settings.log({ event: 'closed', connection: number, reason }));
    background(toLog, () => undefined);
  }

  /** Connects, with TLS at once in implicit mode. The greeting is unread. @throws ClientError */
  static async open(
    number: number,
    settings: ClientSettings,
    signal: AbortSignal | undefined,
  ): Promise<ControlConnection> {
    const { host, port, limits, dial, log } = settings;
    try {
      const tls = new ClientTls(tlsSettings(settings), limits);
      const channel = await ClientChannel.connect({ host, port, limits, dial, signal });
      log({ event: 'connected', connection: number, ...channel.remote });
      return new ControlConnection(number, settings, channel, tls);
    } catch (error) {
      throw channelFailure(error, 'connect');
    }
  }

  get isUsable(): boolean {
    return this.#failure === undefined && !this.#channel.isOver;
  }

  /** Whether the server is known to take a command before it has answered the one before. */
  get canPipeline(): boolean {
    return this.habits.takesCommandsAhead;
  }

  get remote(): HostPort {
    return this.#channel.remote;
  }

  get local(): HostPort {
    return this.#channel.local;
  }

  get tlsFacts(): TlsFacts | undefined {
    return this.#channel.tls;
  }

  /** The client's side of the handshake. What the server sent in clear before it ends the connection. */
  async secure(signal: AbortSignal | undefined): Promise<void> {
    try {
      const { version, cipher } = await this.#channel.secure(this.tls, signal);
      this.settings.log({ event: 'secured', connection: this.number, version, cipher });
    } catch (error) {
      throw this.#fail(channelFailure(error, 'tls', this.settings));
    }
  }

  /**
   * Sends a command and gives its final reply, with what came before it passed over.
   * @throws ClientError for all but 2yz, unless it is accepted: a 3yz says that nothing was done yet
   */
  async request(verb: string, argument = '', options: RequestOptions = {}): Promise<Reply> {
    const { accept = () => false, phase = 'command' } = options;
    await this.sendAll([[verb, argument]], options.signal, phase);
    const reply = await this.finalReply(options);
    if (reply.code < 300 || accept(reply.code)) return reply;
    throw this.refusal(reply, phase, shownCommand(verb, argument));
  }

  /**
   * Sends commands of which none depends on the answer to another, all at once where the server accepts that, and gives
   * their final replies, whatever these say.
   * @throws ClientError for a 421 too, and for answers that are out of step
   */
  async requestAll(commands: readonly Command[], options: RequestOptions = {}): Promise<readonly Reply[]> {
    const { signal, phase = 'command' } = options;
    const batches = this.canPipeline ? [commands] : commands.map((command) => [command]);
    const replies: Reply[] = [];
    for (const batch of batches) {
      await this.sendAll(batch, signal, phase);
      for (const [index, command] of batch.entries()) {
        replies.push(await this.replyTo(command, batch.length - index - 1, options));
      }
    }
    return replies;
  }

  /**
   * The final reply to a command that was sent, whatever it says.
   * @param behind replies that are still to come behind it: once it is skipped, they are as well
   * @throws ClientError for a 421 too, and for an answer that is out of step
   */
  async replyTo([verb, argument]: Command, behind: number, options: RequestOptions = {}): Promise<Reply> {
    const { phase = 'command' } = options;
    const reply = await this.finalReply(options).catch((error: unknown) => {
      this.skipReplies(behind);
      throw error;
    });
    const command = shownCommand(verb, argument);
    if (reply.code === 421) throw this.refusal(reply, phase, command);
    if (this.canPipeline && !mayAnswer(verb, reply)) throw this.outOfStep(reply, phase, command);
    return reply;
  }

  /** Sends commands at once; from now on their replies are awaited. */
  async sendAll(commands: readonly Command[], signal?: AbortSignal, phase: ClientPhase = 'command'): Promise<void> {
    const bytes = this.#bytesOf(commands);
    throwIfAborted(signal, phase);
    await this.readSkippedReplies();
    await this.failOnUnsolicitedReply(phase);
    if (this.#failure) throw this.#failure;
    this.#hasBegun = false;
    this.#logCommands(commands);
    await this.#channel.send(bytes);
  }

  /** Sends commands while another one runs. Their replies are for whoever reads replies now. */
  async sendMeanwhile(...commands: readonly Command[]): Promise<void> {
    const bytes = this.#bytesOf(commands);
    this.#logCommands(commands);
    await this.#channel.send(bytes);
  }

  /** The next reply that is no 1yz. */
  async finalReply(options: RequestOptions = {}): Promise<Reply> {
    const { phase = 'command', timeoutMs = this.settings.limits.replyMs } = options;
    const end = performance.now() + timeoutMs;
    for (;;) {
      const leftMs = end - performance.now();
      if (leftMs <= 0) {
        const late = new ChannelError('timeout', 'The server did not come to an answer in time');
        throw this.#fail(channelFailure(late, phase, this.settings));
      }
      const reply = await this.nextReply({ ...options, timeoutMs: leftMs });
      if (reply.code >= 200) return reply;
    }
  }

  /**
   * The next reply, whatever it is. When it can't be waited for any longer, because the signal was given, it is skipped
   * later; every other failure ends the connection.
   */
  async nextReply({ signal, phase = 'command', timeoutMs }: RequestOptions = {}): Promise<Reply> {
    if (this.#failure) throw this.#failure;
    try {
      return await this.#read(signal, timeoutMs ?? this.settings.limits.replyMs);
    } catch (error) {
      const failure = channelFailure(error, phase, this.settings);
      if (failure.code !== 'aborted') throw this.#fail(failure);
      this.#skippedReplies += 1;
      throw signal?.aborted ? aborted(signal, phase) : failure;
    }
  }

  /**
   * The error of a reply that is no 2yz: a 3yz has no place where it comes. 421 ends the connection, whichever command it
   * comes to (RFC 959 section 4.2.2).
   */
  refusal(reply: Reply, phase: ClientPhase, command: string): ClientError {
    const error = replyError(reply, phase, command, reply.code < 400 ? 'protocol' : undefined);
    return reply.code === 421 ? this.#fail(error) : error;
  }

  /** The error of a reply that answers no command that was sent; the connection ends with it. */
  outOfStep(reply: Reply, phase: ClientPhase, command: string): ClientError {
    return this.#fail(replyError(reply, phase, command, 'protocol'));
  }

  /** Final replies will come that nobody is going to wait for: they are read, and passed over, before the next command. */
  skipReplies(count = 1): void {
    this.#skippedReplies += count;
  }

  /**
   * Reads the replies that nobody waits for; a server that takes too long loses the connection. No command gets more than
   * one 1yz (RFC 959 section 4.2), so a second one is an end as well: see `Transfer`.
   */
  async readSkippedReplies(): Promise<void> {
    while (this.#skippedReplies > 0 && !this.#failure) {
      const hasBegun = this.#hasBegun;
      const reply = await this.nextReply({ timeoutMs: this.settings.limits.abortMs });
      if (reply.code >= 200 || hasBegun) this.#skippedReplies -= 1;
    }
  }

  /**
   * Reads an unsolicited reply, where one has come: mostly the 421 of a server that let the connection go. Whatever it is,
   * it ends the connection: it would be taken for the answer to the next command, and each answer for that to the one
   * after.
   */
  async failOnUnsolicitedReply(phase: ClientPhase = 'command'): Promise<void> {
    if (this.#skippedReplies > 0 || !this.#channel.hasLine) return;
    const reply = await this.nextReply({ timeoutMs: this.settings.limits.abortMs });
    const message = `The server spoke without being asked: ${reply.code} ${textOf(reply)}`;
    this.#fail(new ClientError('connection-lost', message, { phase, reply, retryable: true }));
  }

  /** Says QUIT and does not insist on an answer. */
  async close(): Promise<void> {
    if (!this.isUsable) return this.destroy();
    try {
      await this.request('QUIT', '', { timeoutMs: this.settings.limits.closeMs, accept: () => true });
    } catch {
      // It is over in any case.
    }
    this.#fail(new ClientError('closed', 'The connection was closed', { phase: 'command' }));
  }

  destroy(): void {
    this.#fail(new ClientError('closed', 'The connection was closed', { phase: 'command' }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.#channel.closed;
  }

  #bytesOf(commands: readonly Command[]): Buffer {
    return Buffer.concat(commands.map(([verb, argument]) => commandBytes(verb, argument, this.settings.charset)));
  }

  #logCommands(commands: readonly Command[]): void {
    for (const [verb, argument] of commands) {
      this.settings.log({ event: 'command', connection: this.number, line: shownCommand(verb, argument) });
    }
  }

  async #read(signal: AbortSignal | undefined, timeoutMs: number): Promise<Reply> {
    const reply = await readReply(this.#channel, this.#replies, {
      timeoutMs,
      silenceMs: this.settings.limits.replySilenceMs,
      signal,
    });
    this.#hasBegun = reply.code < 200;
    this.settings.log({ event: 'reply', connection: this.number, ...reply });
    return reply;
  }

  #fail(error: ClientError): ClientError {
    this.#failure ??= error;
    this.#channel.destroy();
    return error;
  }
}

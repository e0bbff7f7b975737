import { background, waitAtMost } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import { type DataConnection, type DataEndpoint, DataError } from '../../transport/index.ts';
import { aborted } from '../connection/aborted.ts';
import { shownCommand } from '../connection/command-bytes.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { KeepAlive } from '../connection/keep-alive.ts';
import { mayAnswer } from '../connection/may-answer.ts';
import { textOf } from '../connection/reply-error.ts';
import { ClientError } from '../errors.ts';
import { NOTHING, orNothing } from './bare-ending.ts';
import { CommandsBehind } from './commands-behind.ts';
import { dataFailure } from './data-failure.ts';
import {
  explainsMore,
  isAbort,
  isCausedByServer,
  isServerSilent,
  noFinalReply,
  retryableOnNewSession,
  SESSION_FAILURES,
  unconfirmed,
} from './transfer-failure.ts';
import type { MoveContext, TransferOutcome, TransferPlan } from './transfer-plan.ts';
import type { TransferQuestions } from './transfer-questions.ts';

/** The attempt at one transfer: see `runTransfer`. */
export class Transfer {
  readonly #connection: ControlConnection;
  readonly #plan: TransferPlan;
  readonly #questions: TransferQuestions;
  readonly #command: string;
  /** Ends the data connection, or the attempt to have one. */
  readonly #breakOff = new AbortController();
  /** Given when nobody waits for the final reply any more. */
  readonly #stopWaiting = new AbortController();
  #opening: Reply | undefined;
  #final: Reply | undefined;
  /** The server no longer knows the TLS session that earlier data connections resumed. */
  #isSessionLost = false;
  #data: Promise<DataConnection | undefined> = Promise.resolve(undefined);
  #moving: Promise<void> = Promise.resolve();
  /** All bytes have moved. */
  #hasMoved = false;
  #hasBegun = false;
  /** The last byte of an upload is on its way. */
  #isSent = false;
  #endsFirst = false;
  readonly #behind: CommandsBehind;
  readonly #keepAlive: KeepAlive;

  constructor(connection: ControlConnection, plan: TransferPlan, questions: TransferQuestions) {
    this.#connection = connection;
    this.#plan = plan;
    this.#questions = questions;
    this.#behind = new CommandsBehind(connection, plan);
    this.#keepAlive = new KeepAlive(connection);
    this.#command = shownCommand(plan.verb, plan.argument);
  }

  /** Whether bytes may have moved. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  async run(endpoint: DataEndpoint): Promise<TransferOutcome> {
    const { signal, verb, argument } = this.#plan;
    const onAbort = (): void => this.#breakOff.abort(signal?.reason);
    // Beside the command: a server may wait for the connection before it answers, or answer before it looks.
    const data = this.#open(endpoint);
    this.#data = data;
    background(data, () => undefined);
    let final: Promise<Reply> | undefined;
    try {
      await this.#connection.sendAll([...this.#questions.commands, [verb, argument]], signal);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
      final = this.#finalReply();
      background(final, () => undefined);
      const opened = await this.#unlessEnded(final, this.#opened(data, final), () => false);
      await Promise.race([this.#questions.answered, final]);
      if (opened === NOTHING) return await this.#ended(await this.#endWithoutData(final));
      this.#keepAlive.start();
      this.#moving = this.#move(opened);
      // The system may have accepted the connection to a port that the server forgot.
      const moved = await this.#unlessEnded(final, this.#moving, () => opened.bytes > 0);
      if (moved === NOTHING) return await this.#ended(await this.#endWithoutData(final));
      this.#hasMoved = true;
      return await this.#ended(await this.#confirmedEnd(final));
    } catch (error) {
      const failure = await this.#explained(error, final);
      this.#behind.skip();
      throw failure;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await this.#keepAlive.stop();
    }
  }

  #move(data: DataConnection): Promise<void> {
    const { habits, settings } = this.#connection;
    const { direction, move } = this.#plan;
    this.#hasBegun = true;
    this.#endsFirst = habits.takesEarlyEnd && !settings.quirks.withoutEarlyEnd && data.tls?.version === 'TLSv1.3';
    const context: MoveContext = {
      opening: this.#opening,
      endsFirst: this.#endsFirst,
      onSent: () => {
        this.#isSent = true;
        this.#sendBehind();
      },
    };
    if (direction !== 'upload') this.#sendBehind();
    return move(data, this.#breakOff.signal, context);
  }

  #sendBehind(): void {
    if (this.#final || this.#breakOff.signal.aborted) return;
    // What is answered in order is behind a NOOP that was sent before, and none comes between.
    if (this.#behind.send()) this.#keepAlive.pause();
  }

  /** The transfer is done, and whatever happens behind it does not change that. */
  async #ended(reply: Reply): Promise<TransferOutcome> {
    await this.#keepAlive.stop();
    return { reply, ...(await this.#behind.replies()) };
  }

  async #open(endpoint: DataEndpoint): Promise<DataConnection> {
    const { settings, tls, number } = this.#connection;
    const { sessionReuse, limits, dataProtection, log } = settings;
    try {
      const data = await endpoint.open({
        tls: dataProtection === 'private' ? tls : undefined,
        direction: this.#plan.direction,
        sessionReuse,
        limits,
        signal: this.#breakOff.signal,
      });
      log({ event: 'data', connection: number, port: endpoint.address.port, resumed: data.tls?.resumed });
      this.#noteSession(data.tls?.resumed);
      return data;
    } catch (error) {
      if (error instanceof DataError && error.code === 'session-not-reused') this.#noteSession(false);
      throw dataFailure(
        error,
        'open-data',
        { command: this.#command },
        `${settings.host} port ${endpoint.address.port}`,
      );
    }
  }

  #noteSession(isResumed: boolean | undefined): void {
    if (isResumed) this.#connection.hasResumed = true;
    this.#isSessionLost = isResumed === false && this.#connection.hasResumed;
  }

  /** The data connection. A listing has nothing in it where that fails and the server says "done". */
  #opened(data: Promise<DataConnection>, final: Promise<Reply>): Promise<DataConnection | typeof NOTHING> {
    if (this.#plan.direction !== 'listing') return data;
    return data.catch(async (error: unknown): Promise<typeof NOTHING> => {
      const reply = await this.#replyInTime(final);
      if (reply && this.#isBare(reply)) return NOTHING;
      throw error;
    });
  }

  #isBare({ code }: Reply): boolean {
    return code < 300 && this.#opening === undefined && this.#plan.direction !== 'upload';
  }

  /** Of a listing it is for the caller to say what that means. @throws ClientError `truncated` */
  async #endWithoutData(final: Promise<Reply>): Promise<Reply> {
    this.#breakOff.abort();
    // That it was broken off is no failure of its own.
    this.#moving = this.#moving.catch(() => undefined);
    await this.#moving;
    const reply = await final;
    if (this.#plan.direction === 'listing') return reply;
    const facts = { phase: 'transfer', command: this.#command, reply, retryable: true } as const;
    throw new ClientError('truncated', `The server sent nothing and said: ${reply.code} ${textOf(reply)}`, facts);
  }

  /**
   * 1yz, then the reply that ends the transfer; servers that omit the 1yz are accepted. Pure-FTPd 1.0.50 ends a
   * RETR that was broken off with a second 150, which no server may send (RFC 959 section 4.2): until the interop tests
   * of aborted downloads pass without, that is an end too.
   */
  async #finalReply(): Promise<Reply> {
    await this.#questions.takeAnswers(this.#stopWaiting.signal);
    for (;;) {
      const reply = await this.#connection.nextReply({
        signal: this.#stopWaiting.signal,
        phase: 'transfer',
        timeoutMs: unboundedMs,
      });
      if (this.#keepAlive.takes(reply)) continue;
      const isSecond = this.#opening !== undefined && this.#breakOff.signal.aborted;
      if (reply.code < 200 && !isSecond) {
        this.#opening ??= reply;
        this.#plan.onOpening?.();
        continue;
      }
      if (!isSecond && !this.#mayBeFinal(reply)) throw this.#connection.outOfStep(reply, 'transfer', this.#command);
      this.#final = reply;
      return reply;
    }
  }

  /** A 2yz to an upload that has not begun belongs to something before. Not all servers say that one begins. */
  #mayBeFinal(reply: Reply): boolean {
    const { canPipeline } = this.#connection;
    const hasBegun = this.#opening !== undefined || (this.#isSent && !canPipeline) || this.#breakOff.signal.aborted;
    if (this.#plan.direction === 'upload' && reply.code < 300 && !hasBegun) return false;
    return !canPipeline || mayAnswer(this.#plan.verb, reply);
  }

  /** A refusal ends whatever is under way. A reply that says "done" early does not, unless there is nothing under way. */
  #unlessEnded<T>(final: Promise<Reply>, work: Promise<T>, isUnderWay: () => boolean): Promise<T | typeof NOTHING> {
    const ended = final.then((reply): Promise<T | typeof NOTHING> => {
      if (reply.code >= 300) throw this.#connection.refusal(reply, 'transfer', this.#command);
      return this.#isBare(reply) ? orNothing(work, isUnderWay, this.#connection.settings.limits.abortMs) : work;
    });
    return Promise.race([work, ended, this.#questions.objected]);
  }

  async #confirmedEnd(final: Promise<Reply>): Promise<Reply> {
    const { finalReplyMs } = this.#connection.settings.limits;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#connection.destroy();
      reject(noFinalReply(this.#command));
    }, finalReplyMs);
    const onAbort = (): void => reject(this.#breakOff.signal.reason);
    if (this.#breakOff.signal.aborted) onAbort();
    this.#breakOff.signal.addEventListener('abort', onAbort, { once: true });
    try {
      const reply = await Promise.race([final, promise]);
      if (reply.code >= 300) throw this.#connection.refusal(reply, 'finish', this.#command);
      return reply;
    } finally {
      clearTimeout(timer);
      this.#breakOff.signal.removeEventListener('abort', onAbort);
    }
  }

  /**
   * What the caller is told. An abort is answered at once; otherwise the server gets a moment to say why it ended the
   * data connection, which tells more than that it did.
   */
  async #explained(reason: unknown, final: Promise<Reply> | undefined): Promise<ClientError> {
    const { signal } = this.#plan;
    // Without its data connection a server may not end the transfer that is not wanted any more.
    if (this.#questions.objection) await Promise.allSettled([Promise.race([this.#data, final])]);
    this.#breakOff.abort(reason);
    const own = await this.#localFailure();
    // An offset that was set, and that this transfer has not used, would be that of the next one.
    if (!final && this.#plan.offset) this.#connection.destroy();
    if (!final) return dataFailure(reason, 'command');
    const reply = signal?.aborted ? this.#final : await this.#replyInTime(final);
    this.#stopWaiting.abort();
    await final.catch(() => undefined);
    if (signal?.aborted) return aborted(signal, 'transfer');
    const cause = this.#questions.objection ?? own ?? reason;
    const facts = { command: this.#command, reply };
    const failure = dataFailure(cause, 'transfer', facts, this.#connection.settings.host);
    if (this.#endsFirst && failure.code === 'truncated') this.#connection.settings.quirks.withoutEarlyEnd = true;
    if (this.#hasMoved && this.#plan.direction === 'upload' && isServerSilent(failure)) return unconfirmed(failure);
    if (this.#isSessionLost && SESSION_FAILURES.has(failure.code)) {
      this.#connection.destroy();
      return retryableOnNewSession(failure);
    }
    return isCausedByServer(failure) && explainsMore(reply)
      ? this.#connection.refusal(reply, 'transfer', this.#command)
      : failure;
  }

  /** What the data connection or our own side failed with. Nothing of it goes on behind the caller's back. */
  async #localFailure(): Promise<unknown> {
    try {
      const data = await this.#data;
      data?.abort();
      await this.#moving;
      return undefined;
    } catch (error) {
      return isAbort(error) ? undefined : error;
    }
  }

  async #replyInTime(final: Promise<Reply>): Promise<Reply | undefined> {
    await waitAtMost(final, this.#connection.settings.limits.abortMs);
    if (!this.#final) this.#connection.destroy();
    return this.#final;
  }
}

/** Bytes may move for days; that they do is watched on the data connection. */
const unboundedMs = 2 ** 31 - 1;

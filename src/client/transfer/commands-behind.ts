import { background } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Command, ControlConnection } from '../connection/connection.ts';
import { canAskAhead, EPSV } from './data-channel.ts';
import { dataFailure } from './data-failure.ts';
import type { TransferOutcome, TransferPlan } from './transfer-plan.ts';

/**
 * What is asked behind one transfer: what its plan has, and the port of the next one. Where the server takes commands
 * meanwhile, these are under way by the time that it ends the transfer; they are sent late, as commands that wait at the
 * server would keep it from answering NOOP.
 */
export class CommandsBehind {
  readonly #connection: ControlConnection;
  readonly #plan: TransferPlan;
  /** Whose replies nobody has read yet. */
  #sent: readonly Command[] = [];

  constructor(connection: ControlConnection, plan: TransferPlan) {
    this.#connection = connection;
    this.#plan = plan;
  }

  /** The last bytes are on their way, or soon will be. Gives whether anything was sent. */
  send(): boolean {
    if (!this.#connection.habits.takesCommandsInTransfers) return false;
    this.#sent = this.#wanted;
    if (this.#sent.length === 0) return false;
    background(this.#connection.sendMeanwhile(...this.#sent), () => undefined);
    return true;
  }

  /** The transfer has failed. */
  skip(): void {
    this.#connection.skipReplies(this.#sent.length);
  }

  /** The server has confirmed the transfer; whatever happens here does not change that. */
  async replies(): Promise<Omit<TransferOutcome, 'reply'>> {
    const { signal, behind = [] } = this.#plan;
    const options = { signal, phase: 'finish' } as const;
    const sent = this.#sent;
    this.#sent = [];
    const replies: Reply[] = [];
    try {
      if (sent.length === 0 && behind.length > 0) replies.push(...(await this.#ask(behind.length)));
      for (const [index, command] of sent.entries()) {
        if (command === EPSV) this.#keepPort(await this.#portReply());
        else replies.push(await this.#connection.replyTo(command, sent.length - index - 1, options));
      }
      return { behind: replies, failure: undefined };
    } catch (error) {
      return { behind: replies, failure: dataFailure(error, 'finish') };
    }
  }

  /** Where it could not be sent before. A port is not worth a round trip of its own. */
  async #ask(count: number): Promise<readonly Reply[]> {
    const wanted = this.#wanted;
    const replies = await this.#connection.requestAll(wanted, { signal: this.#plan.signal, phase: 'finish' });
    if (wanted.at(-1) === EPSV) this.#keepPort(replies.at(-1));
    return replies.slice(0, count);
  }

  get #wanted(): readonly Command[] {
    return [...(this.#plan.behind ?? []), ...(this.#isPortWanted ? [EPSV] : [])];
  }

  get #isPortWanted(): boolean {
    const { passiveAhead, settings } = this.#connection;
    const isUseful = passiveAhead.isInSeries && canAskAhead(this.#connection) && !settings.quirks.withoutPassiveAhead;
    return isUseful && this.#plan.mayAskAhead?.() === true;
  }

  /** Nobody has asked for it: a server that does not answer is not waited for as long as else. */
  #portReply(): Promise<Reply | undefined> {
    const { abortMs } = this.#connection.settings.limits;
    return this.#connection.replyTo(EPSV, 0, { timeoutMs: abortMs }).catch(() => undefined);
  }

  #keepPort(reply: Reply | undefined): void {
    this.#connection.passiveAhead.keep(reply);
    if (reply?.code !== 229) this.#connection.settings.quirks.withoutPassiveAhead = true;
  }
}

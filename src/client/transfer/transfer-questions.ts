import { background } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Command, ControlConnection } from '../connection/connection.ts';

/** What is asked in one breath with a transfer, right before its command, so that the transfer is under way by the answers. */
export class TransferQuestions {
  readonly commands: readonly Command[];
  readonly #connection: ControlConnection;
  readonly #onAnswers: (replies: readonly Reply[]) => void;
  readonly #answered = Promise.withResolvers<void>();
  readonly #objected = Promise.withResolvers<never>();
  #objection: unknown;

  /** @param onAnswers takes the final replies; what it throws ends the transfer */
  constructor(
    connection: ControlConnection,
    commands: readonly Command[],
    onAnswers: (replies: readonly Reply[]) => void,
  ) {
    this.commands = commands;
    this.#connection = connection;
    this.#onAnswers = onAnswers;
    background(this.#objected.promise, () => undefined);
    background(this.#answered.promise, () => undefined);
  }

  /** Resolves when the answers are there, and rejects where they speak against the transfer. */
  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  /** Only rejects. */
  get objected(): Promise<never> {
    return this.#objected.promise;
  }

  /** With what it does. */
  get objection(): unknown {
    return this.#objection;
  }

  /** Reads the answers. The transfer's own reply comes behind them in any case. @throws ClientError where they do not come */
  async takeAnswers(signal: AbortSignal): Promise<void> {
    if (this.commands.length > 0) {
      const replies: Reply[] = [];
      for (const [index, command] of this.commands.entries()) {
        const options = { signal, phase: 'transfer' } as const;
        replies.push(await this.#connection.replyTo(command, this.commands.length - index, options));
      }
      try {
        this.#onAnswers(replies);
      } catch (error) {
        this.#objection = error;
        this.#objected.reject(error);
        this.#answered.reject(error);
      }
    }
    this.#answered.resolve();
  }
}

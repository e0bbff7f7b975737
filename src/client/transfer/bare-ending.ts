import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from '../../protocol/index.ts';
import type { ClientLimits } from '../limits.ts';

/**
 * Some servers end a transfer at once, without a 1yz, and send nothing: the data connection may never come then, or never
 * be heard of again. Others leave out the 1yz alone, so that bytes are waited for a moment.
 */
export class BareEnding {
  readonly final: Promise<Reply>;
  readonly #hasOpening: () => boolean;
  readonly #momentMs: number;

  constructor(final: Promise<Reply>, hasOpening: () => boolean, { abortMs }: Pick<ClientLimits, 'abortMs'>) {
    this.final = final;
    this.#hasOpening = hasOpening;
    this.#momentMs = abortMs;
  }

  isBare(reply: Reply | undefined): boolean {
    return reply !== undefined && reply.code < 300 && !this.#hasOpening();
  }

  /** What `work` comes to; undefined where the server says "done", and a moment later nothing is under way. */
  async orNothing<T>(work: Promise<T>, isUnderWay: () => boolean): Promise<T | undefined> {
    const ended = this.final.then(async (reply) => {
      if (!this.isBare(reply)) return work;
      await wait(this.#momentMs, undefined, { ref: false });
      return isUnderWay() ? work : undefined;
    });
    return Promise.race([work, ended]);
  }
}

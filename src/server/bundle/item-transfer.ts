import { createHash } from 'node:crypto';
import type { Direction, TransferFacts, VirtualPath } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { UserSession } from '../user-session.ts';
import { VERB } from './over-frames.ts';

type Ended = Pick<TransferFacts, 'ending' | 'outcome' | 'entry'> & { readonly answer: Reply };

/** One file of a bundle: its digest and its count, and the two events that every transfer has. */
export class ItemTransfer {
  readonly #user: UserSession;
  readonly #facts: Pick<TransferFacts, 'direction' | 'path' | 'offset'>;
  readonly #hash = createHash('sha256');
  readonly #began = performance.now();
  #bytes = 0;
  #sha256: string | undefined;

  constructor(user: UserSession, direction: Direction, path: VirtualPath, offset: number) {
    this.#user = user;
    this.#facts = { direction, path, offset };
    user.session.publish({ event: 'transfer.started', verb: VERB, direction, path });
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** SHA-256 of all that was added: nothing can be added any more. */
  get sha256(): string {
    this.#sha256 ??= this.#hash.digest('hex');
    return this.#sha256;
  }

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** Publishes how it ended. */
  end({ answer, ...ended }: Ended, tls: TransferFacts['tls']): void {
    const { session } = this.#user;
    session.publish({
      event: 'transfer.finished',
      verb: VERB,
      ...this.#facts,
      bytes: this.#bytes,
      ...ended,
      durationMs: Math.round(performance.now() - this.#began),
      reply: answer.code,
      ...(answer.code >= 400 && { reason: answer.lines.join(' ') }),
      ...(tls && { tls }),
      sha256: this.sha256,
    });
  }
}

import { background } from '../../core/index.ts';
import { apiFailure, failureAnswer } from './api-failure.ts';
import type { HttpAnswer, StreamPart, WholeAnswer } from './messages.ts';

/** The body of an answer that comes in parts. Whoever sends it asks for each part, so that none waits in memory. */
export interface AnswerStream {
  /** The next bytes; undefined at the end. Rejects where it can't go on: what was sent is then no whole answer. */
  next(signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Ends it, wherever it is. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** An answer as the primary process makes it. */
export interface MadeAnswer extends WholeAnswer {
  readonly stream?: AnswerStream;
}

interface Kept {
  readonly stream: AnswerStream;
  /** Ends one that nobody asks for any more. */
  timer: NodeJS.Timeout;
}

/** The streams that the process that speaks HTTP sends, by the numbers that it knows them by. Disposing ends all. */
export class AnswerStreams implements Disposable {
  readonly #most: number;
  readonly #forgottenMs: number;
  readonly #kept = new Map<number, Kept>();
  #number = 0;
  #isOver = false;

  /** @param forgottenMs after so long without a question for its next part, a stream ends */
  constructor(most: number, forgottenMs: number) {
    this.#most = most;
    this.#forgottenMs = forgottenMs;
  }

  /** The answer as it goes to the other process. @param signal aborted where nobody waits for it any more */
  handOver({ stream, ...answer }: MadeAnswer, signal: AbortSignal): HttpAnswer {
    if (!stream) return answer;
    if (this.#isOver || signal.aborted || this.#kept.size >= this.#most) {
      background(stream[Symbol.asyncDispose](), () => undefined);
      return failureAnswer(apiFailure('too-many-streams', 'Too many answers are being sent in parts: ask again later'));
    }
    this.#number += 1;
    const number = this.#number;
    this.#kept.set(number, { stream, timer: this.#timer(number) });
    return { ...answer, stream: number };
  }

  /** @throws what the stream says, which is over then */
  async next(number: number, signal: AbortSignal): Promise<StreamPart> {
    const kept = this.#kept.get(number);
    if (!kept) throw new Error('There is no such answer any more');
    clearTimeout(kept.timer);
    try {
      const bytes = await kept.stream.next(signal);
      if (bytes !== undefined) return { bytes };
      this.end(number);
      return {};
    } catch (error) {
      this.end(number);
      throw error;
    } finally {
      if (this.#kept.has(number)) kept.timer = this.#timer(number);
    }
  }

  end(number: number): void {
    const kept = this.#kept.get(number);
    if (!kept) return;
    clearTimeout(kept.timer);
    this.#kept.delete(number);
    background(kept.stream[Symbol.asyncDispose](), () => undefined);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const number of this.#kept.keys()) this.end(number);
  }

  #timer(number: number): NodeJS.Timeout {
    return setTimeout(() => this.end(number), this.#forgottenMs).unref();
  }
}

import type { Answer, Call, FromWorker, Questions, WorkerNotes } from './messages.ts';

/** Questions of one worker that may be open at once. Each session has one or two; what waits here is in no other queue. */
const MAX_OPEN_CALLS = 65_536;

interface OpenCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The worker's side of the conversation with the primary process. */
export class Caller {
  readonly #send: (message: FromWorker) => void;
  readonly #open = new Map<number, OpenCall>();
  #calls = 0;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
  }

  /**
   * Asks the primary. When the signal is given, it is told that nobody waits any more; what it answers then counts all
   * the same, and a failure is the signal's reason.
   */
  async ask<Name extends keyof Questions>(
    name: Name,
    ask: Questions[Name]['ask'],
    signal?: AbortSignal,
  ): Promise<Questions[Name]['answer']> {
    signal?.throwIfAborted();
    if (this.#open.size >= MAX_OPEN_CALLS) throw new Error('Too many questions to the primary process are open');
    this.#calls += 1;
    const call = this.#calls;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#open.set(call, { resolve, reject });
    const cancel = () => this.#send({ cancel: call });
    signal?.addEventListener('abort', cancel, { once: true });
    this.#send({ call, name, ask } as Call);
    try {
      return (await promise) as Questions[Name]['answer'];
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  tell<Name extends keyof WorkerNotes>(note: Name, value: WorkerNotes[Name]): void {
    this.#send({ note, value } as FromWorker);
  }

  /** Takes an answer of the primary. */
  receive(answer: Answer): void {
    const open = this.#open.get(answer.answer);
    this.#open.delete(answer.answer);
    if ('failure' in answer) open?.reject(new Error(answer.failure));
    else open?.resolve(answer.value);
  }
}

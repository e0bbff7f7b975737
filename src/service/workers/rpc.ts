/** The argument and the answer of each procedure that another process may call, by its name. Values only. */
export type Procedures = { readonly [name: string]: { readonly ask: unknown; readonly answer: unknown } };

/** A call. Its answer has the same number. */
export interface Call {
  readonly call: number;
  readonly name: string;
  readonly ask: unknown;
}

/** Cancels a call: the caller no longer waits for the answer. */
export interface Cancel {
  readonly cancel: number;
}

export type Answer =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly failure: string };

/** How many calls may be open at the same time. Each session has one or two. No other limit bounds them. */
const MAX_OPEN_CALLS = 65_536;

interface OpenCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls procedures of another process. */
export class RpcClient<Table extends { [Name in keyof Table]: Procedures[string] }> {
  readonly #send: (message: Call | Cancel) => void;
  readonly #open = new Map<number, OpenCall>();
  #calls = 0;
  #closed: Error | undefined;

  constructor(send: (message: Call | Cancel) => void) {
    this.#send = send;
  }

  /**
   * If the signal aborts, the call is cancelled in the other process. An answer that still arrives counts. A failure is
   * then reported as the reason of the signal.
   */
  async call<Name extends keyof Table & string>(
    name: Name,
    ask: Table[Name]['ask'],
    signal?: AbortSignal,
  ): Promise<Table[Name]['answer']> {
    signal?.throwIfAborted();
    if (this.#closed) throw this.#closed;
    if (this.#open.size >= MAX_OPEN_CALLS) throw new Error('Too many calls of the other process are open');
    this.#calls += 1;
    const call = this.#calls;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#open.set(call, { resolve, reject });
    const cancel = () => this.#send({ cancel: call });
    signal?.addEventListener('abort', cancel, { once: true });
    this.#send({ call, name, ask });
    try {
      return await promise;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Receives an answer of the other process. */
  receive(answer: Answer): void {
    const open = this.#open.get(answer.answer);
    this.#open.delete(answer.answer);
    if ('failure' in answer) open?.reject(new Error(answer.failure));
    else open?.resolve(answer.value);
  }

  /** The other process has ended, so all open calls and all later ones fail. */
  close(): void {
    this.#closed = new Error('The other process has ended');
    for (const { reject } of this.#open.values()) reject(this.#closed);
    this.#open.clear();
  }
}

/** The functions that implement the procedures. */
export type Implementation<Table extends { [Name in keyof Table]: Procedures[string] }> = {
  readonly [Name in keyof Table]: (
    ask: Table[Name]['ask'],
    signal: AbortSignal,
  ) => Table[Name]['answer'] | Promise<Table[Name]['answer']>;
};

/** Runs the procedures that another process calls. */
export class RpcServer<Table extends { [Name in keyof Table]: Procedures[string] }> {
  readonly #procedures: Implementation<Table>;
  readonly #send: (answer: Answer) => void;
  readonly #open = new Map<number, AbortController>();

  constructor(procedures: Implementation<Table>, send: (answer: Answer) => void) {
    this.#procedures = procedures;
    this.#send = send;
  }

  async receive(message: Call | Cancel): Promise<void> {
    if ('cancel' in message) this.#open.get(message.cancel)?.abort();
    else await this.#carryOut(message);
  }

  /** The other process has ended, so all its calls are cancelled. */
  close(): void {
    for (const abort of this.#open.values()) abort.abort();
  }

  async #carryOut({ call, name, ask }: Call): Promise<void> {
    const abort = new AbortController();
    this.#open.set(call, abort);
    try {
      const procedure = this.#procedures[name as keyof Table];
      this.#send({ answer: call, value: await procedure(ask, abort.signal) });
    } catch (error) {
      this.#send({ answer: call, failure: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#open.delete(call);
    }
  }
}

/** What one process asks another: by the name of each procedure, what it takes and what it gives. Values only. */
export type Procedures = { readonly [name: string]: { readonly ask: unknown; readonly answer: unknown } };

/** A call, with the number that its answer will bear. */
export interface Call {
  readonly call: number;
  readonly name: string;
  readonly ask: unknown;
}

/** Nobody waits for the answer any more. */
export interface Cancel {
  readonly cancel: number;
}

export type Answer =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly failure: string };

/** Calls that may be open at once. Each session has one or two; what waits here is in no other queue. */
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
   * When the signal is given, the other process is told that nobody waits any more; what it answers then counts all the
   * same, and a failure is the signal's reason.
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

  /** Takes an answer of the other process. */
  receive(answer: Answer): void {
    const open = this.#open.get(answer.answer);
    this.#open.delete(answer.answer);
    if ('failure' in answer) open?.reject(new Error(answer.failure));
    else open?.resolve(answer.value);
  }

  /** The other process is gone: all that is open fails, and all that comes. */
  close(): void {
    this.#closed = new Error('The other process has ended');
    for (const { reject } of this.#open.values()) reject(this.#closed);
    this.#open.clear();
  }
}

/** What carries out each procedure. */
export type Implementation<Table extends { [Name in keyof Table]: Procedures[string] }> = {
  readonly [Name in keyof Table]: (
    ask: Table[Name]['ask'],
    signal: AbortSignal,
  ) => Table[Name]['answer'] | Promise<Table[Name]['answer']>;
};

/** Carries out what another process calls. */
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

  /** The other process is gone: nothing waits for it any more. */
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

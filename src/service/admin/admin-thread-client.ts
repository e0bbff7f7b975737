import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Configuration } from '../configuration/index.ts';
import { type Answer, RpcClient } from '../workers/rpc.ts';
import type { ThreadProcedures } from './audit-desk.ts';

/** Beside this file, as a source and as it is built. */
const ENTRY = path.join(import.meta.dirname, `admin-thread${path.extname(import.meta.filename)}`);
/** Enough for all accounts of a large server at once. */
const RESOURCES = { maxOldGenerationSizeMb: 512 };
/** Calls that wait; each is of an administrator, whose requests have a bound of their own. */
const MAX_WAITING = 256;

/** Asks a thread of the API, which begins with the first question, and anew where it has ended. */
export class AdminThread implements AsyncDisposable {
  readonly #configuration: Configuration;
  #running: { readonly thread: Worker; readonly client: RpcClient<ThreadProcedures> } | undefined;
  #waiting = 0;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  /**
   * @param signal ends what can be ended, such as a search; a change is made or not made, whoever still waits for it
   * @throws Error where the thread failed, or has too much to do; the reason of the signal
   */
  async call<Name extends keyof ThreadProcedures>(
    name: Name,
    ask: ThreadProcedures[Name]['ask'],
    signal?: AbortSignal,
  ): Promise<ThreadProcedures[Name]['answer']> {
    if (this.#waiting >= MAX_WAITING)
      throw new Error('Too many requests of administrators wait: try again in a moment');
    this.#waiting += 1;
    try {
      this.#running ??= this.#start();
      return await this.#running.client.call(name, ask, signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.thread.terminate();
  }

  #start() {
    const thread = new Worker(ENTRY, { workerData: structuredClone(this.#configuration), resourceLimits: RESOURCES });
    thread.unref();
    const client = new RpcClient<ThreadProcedures>((message) => thread.postMessage(message));
    thread.on('message', (answer: Answer) => client.receive(answer));
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      this.#running = undefined;
      client.close();
    });
    return { thread, client };
  }
}

import type { FromWorker, SharedProcedures, WorkerNotes } from './messages.ts';
import { RpcClient } from './rpc.ts';

/** The primary process from the view of a worker. */
export class Primary extends RpcClient<SharedProcedures> {
  readonly #send: (message: FromWorker) => void;

  constructor(send: (message: FromWorker) => void) {
    super(send);
    this.#send = send;
  }

  tell<Name extends keyof WorkerNotes>(note: Name, value: WorkerNotes[Name]): void {
    this.#send({ note, value } as FromWorker);
  }
}

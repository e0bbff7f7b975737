import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * The other end of a connection. It runs in a thread of its own, with a heap of its own: nothing that it does is in the
 * figures.
 */
export interface Peer extends AsyncDisposable {
  /** What it said when it was ready. */
  readonly facts: unknown;
  /** Lets it do its part; resolves when that is done. */
  go(): Promise<void>;
}

/** Starts the file as a thread. It says that it is ready, and, each time it was told to go, that it is done. */
export async function startPeer(file: URL, workerData?: unknown): Promise<Peer> {
  const worker = new Worker(file, { workerData });
  const said = async (): Promise<unknown> => (await once(worker, 'message'))[0];
  return {
    facts: await said(),
    async go() {
      const done = said();
      worker.postMessage('go');
      await done;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}

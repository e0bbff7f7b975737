import process from 'node:process';
import { outputBySending } from '../log/index.ts';
import type { FromWorker } from './messages.ts';
import { Worker } from './worker.ts';

/** The sessions of this process, which tells the primary process of them. */
export function begin(): Worker {
  const logOutput = outputBySending((lines, sent) => {
    process.send?.({ note: 'log', value: { lines } } satisfies FromWorker, undefined, undefined, sent);
  });
  return new Worker({
    send: (message) => process.send?.(message),
    logOutput,
    async end(exitCode) {
      process.exitCode = exitCode;
      await logOutput[Symbol.asyncDispose]();
      // What was sent before still goes out.
      process.disconnect();
    },
  });
}

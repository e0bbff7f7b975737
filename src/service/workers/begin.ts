import process from 'node:process';
import { Worker } from './worker.ts';

/** The sessions of this process, which tells the primary process of them. */
export function begin(): Worker {
  return new Worker({
    send: (message, sent) => process.send?.(message, undefined, undefined, sent),
    async end(exitCode) {
      process.exitCode = exitCode;
      // What was sent before still goes out.
      process.disconnect();
    },
  });
}

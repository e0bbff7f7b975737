/** A worker process: what `WorkerProcess` starts. It serves sessions as the primary process tells, and ends with it. */
import { Socket } from 'node:net';
import process from 'node:process';
import { fitHeapToService } from '../heap.ts';
import { outputBySending } from '../log/index.ts';
import type { FromPrimary, FromWorker } from './messages.ts';
import { Worker } from './worker.ts';

fitHeapToService();
// A terminal sends its signals to the whole group: only the primary acts on them.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
// Without the primary nothing is counted any more.
process.once('disconnect', () => process.exit(process.exitCode ?? 1));

const logOutput = outputBySending((lines, sent) => {
  process.send?.({ note: 'log', value: { lines } } satisfies FromWorker, undefined, undefined, sent);
});
const worker = new Worker({
  send: (message) => process.send?.(message),
  logOutput,
  async end(exitCode) {
    process.exitCode = exitCode;
    await logOutput[Symbol.asyncDispose]();
    // What was sent before still goes out.
    process.disconnect();
  },
});

process.on('message', (message, socket) => {
  worker.receive(message as FromPrimary, socket instanceof Socket ? socket : undefined);
});

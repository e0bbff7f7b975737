/** A worker process: what `WorkerProcess` starts. It serves sessions as the primary process tells, and ends with it. */
import { Socket } from 'node:net';
import process from 'node:process';
import { fitHeapToService } from '../heap.ts';
import type { FromPrimary } from './messages.ts';
import { Worker } from './worker.ts';

fitHeapToService();
// A terminal sends its signals to the whole group: only the primary acts on them.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
// Without the primary nothing is counted any more.
process.once('disconnect', () => process.exit(process.exitCode ?? 1));

const worker = new Worker({
  send: (message) => process.send?.(message),
  // What was sent before still goes out.
  end(exitCode) {
    process.exitCode = exitCode;
    process.disconnect();
  },
});

process.on('message', (message, socket) => {
  worker.receive(message as FromPrimary, socket instanceof Socket ? socket : undefined);
});

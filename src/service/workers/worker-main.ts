/**
 * The program of a worker process. `WorkerProcess` starts it. It serves the sessions that the primary process hands over,
 * and ends with the primary. It answers beats before it loads the rest, so that a slow start does not count as a hang.
 */
import { Socket } from 'node:net';
import process from 'node:process';
import { background } from '../../core/index.ts';
import { fitHeapToService } from '../heap.ts';
import type { FromPrimary, FromWorker } from './messages.ts';

fitHeapToService();
// A terminal sends its signals to all processes of the group. Only the primary acts on them.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
// Without the primary, no shared count is valid any more.
process.once('disconnect', () => process.exit(process.exitCode ?? 1));

const worker = import('./worker.ts').then(
  ({ Worker }) =>
    new Worker({
      send: (message, sent) => process.send?.(message, undefined, undefined, sent),
      async end(exitCode) {
        process.exitCode = exitCode;
        // Messages that were sent before still reach the primary.
        process.disconnect();
      },
    }),
);
background(worker, (error) => {
  const value = { message: error instanceof Error ? error.message : String(error) };
  process.send?.({ note: 'failed', value } satisfies FromWorker, undefined, undefined, () => process.exit(1));
});

process.on('message', (value, handle) => {
  const message = value as FromPrimary;
  if ('note' in message && message.note === 'beat') {
    process.send?.({ note: 'alive', value: undefined } satisfies FromWorker);
    return;
  }
  const socket = handle instanceof Socket ? handle : undefined;
  if (socket) {
    // The acceptor sets this, but a socket loses it on its way to another process.
    socket.allowHalfOpen = true;
    // The socket may fail before a session takes it.
    socket.on('error', () => undefined);
  }
  background(
    worker.then((begun) => begun.receive(message, socket)),
    () => undefined,
  );
});

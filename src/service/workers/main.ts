/**
 * A worker process: what `WorkerProcess` starts. It serves sessions as the primary process tells, and ends with it. Little
 * is loaded before it answers: one that is slow to start is told from one that hangs.
 */
import { Socket } from 'node:net';
import process from 'node:process';
import { background } from '../../core/index.ts';
import { fitHeapToService } from '../heap.ts';
import type { FromPrimary, FromWorker } from './messages.ts';

fitHeapToService();
// A terminal sends its signals to the whole group: only the primary acts on them.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
// Without the primary nothing is counted any more.
process.once('disconnect', () => process.exit(process.exitCode ?? 1));

const worker = import('./begin.ts').then(({ begin }) => begin());
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
    // As the acceptor accepts them, which a socket that comes from another process does not keep.
    socket.allowHalfOpen = true;
    // It may break before a session takes it.
    socket.on('error', () => undefined);
  }
  background(
    worker.then((begun) => begun.receive(message, socket)),
    () => undefined,
  );
});

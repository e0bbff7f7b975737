/** A thread that connects to a data port, sends so many bytes when it is told to, and takes all that comes. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { finished } from 'node:stream/promises';
import { connect as connectTls } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';

export interface DataPeerOptions {
  readonly port: number;
  readonly bytes: number;
}

const { port, bytes } = workerData as DataPeerOptions;
const tcp = connectTcp({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
const socket = connectTls({ socket: tcp, rejectUnauthorized: false });
await once(socket, 'secureConnect');
parentPort?.postMessage('ready');
if (parentPort) await once(parentPort, 'message');
socket.resume();
const ended = once(socket, 'end');
if (bytes > 0) socket.end(Buffer.alloc(bytes));
else {
  await ended;
  socket.end();
}
await finished(socket);
parentPort?.postMessage('done');

/** A thread that connects to a data port, sends so many bytes when it is told to, and takes all that comes. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { finished } from 'node:stream/promises';
import { connect as connectTls } from 'node:tls';
import { workerData } from 'node:worker_threads';
import { takeTurns } from './turns.ts';

export interface DataPeerOptions {
  readonly port: number;
  readonly bytes: number;
}

const { port, bytes } = workerData as DataPeerOptions;
const tcp = connectTcp({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
const socket = connectTls({ socket: tcp, rejectUnauthorized: false });
await once(socket, 'secureConnect');
await takeTurns(async () => {
  const ended = once(socket.resume(), 'end');
  if (bytes === 0) await ended;
  socket.end(Buffer.alloc(bytes));
  await finished(socket);
});

/** A thread that signs in, and sends the same command again and again when it is told to. */
import { workerData } from 'node:worker_threads';
// Not by way of the room's index, which would load the whole server into this thread.
import { RawClient } from '../../../src/testing/raw-client.ts';
import { takeTurns } from './turns.ts';

export interface SessionPeerOptions {
  readonly port: number;
  /** The server's certificate, PEM. */
  readonly certificate: string;
  readonly user: string;
  readonly password: string;
  readonly command: string;
  /** Whether it is answered by a file or a listing, or takes a file of 4 KiB. */
  readonly moves?: 'download' | 'upload';
  readonly times: number;
}

const { port, certificate, user, password, command, moves, times } = workerData as SessionPeerOptions;
const content = new Uint8Array(4096);
await using client = await RawClient.connect({ port, tls: { ca: certificate } });
await client.signIn(user, password);
await takeTurns(async () => {
  for (let count = 0; count < times; count += 1) {
    if (moves === 'download') await client.download(command);
    else if (moves === 'upload') await client.upload(command, content);
    else await client.ask(command);
  }
});

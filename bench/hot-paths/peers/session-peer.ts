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
  /** Whether it is answered by a file or a listing. */
  readonly opensData: boolean;
  readonly times: number;
}

const { port, certificate, user, password, command, opensData, times } = workerData as SessionPeerOptions;
await using client = await RawClient.connect({ port, tls: { ca: certificate } });
await client.signIn(user, password);
await takeTurns(async () => {
  for (let count = 0; count < times; count += 1) {
    if (opensData) await client.download(command);
    else await client.ask(command);
  }
});

/** A thread with a server, whose accounts see the directory that it is given. Its part is to end. */
import { workerData } from 'node:worker_threads';
import { startTestServer } from '../../../src/testing/index.ts';
import { takeTurns } from './turns.ts';

export interface ServerPeerFacts {
  readonly port: number;
  /** The server's certificate, PEM. */
  readonly certificate: string;
}

const server = await startTestServer({ root: workerData as string });
const facts: ServerPeerFacts = { port: server.explicitPort, certificate: server.certificate };
await takeTurns(() => Promise.resolve(server[Symbol.asyncDispose]()), facts);

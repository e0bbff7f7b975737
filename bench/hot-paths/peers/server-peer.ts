/** A thread with a server, whose accounts see the directory that it is given. */
import { parentPort, workerData } from 'node:worker_threads';
import { startTestServer } from '../../../src/testing/index.ts';

export interface ServerPeerFacts {
  readonly port: number;
  /** The server's certificate, PEM. */
  readonly certificate: string;
}

const { explicitPort: port, certificate } = await startTestServer({ root: workerData as string });
parentPort?.postMessage({ port, certificate } satisfies ServerPeerFacts);

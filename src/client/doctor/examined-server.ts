import { Writable } from 'node:stream';
import type { SignedIn } from '../connection/sign-in.ts';
import type { FtpPool } from '../ftp/ftp-session.ts';
import { throwUnlessWhole } from '../transfer/data-ending.ts';
import { runTransfer } from '../transfer/run-transfer.ts';
import type { Finding } from './finding.ts';

/** A server that let us in, and how it may be looked at. */
export interface ExaminedServer {
  /** One connection; a check that breaks it does not hurt the next one, which gets another. */
  readonly pool: FtpPool;
  /** What the first connection showed. */
  readonly signedIn: SignedIn;
  /** Whether a file may be written, under a name of our own, and removed. */
  readonly mayWrite: boolean;
  readonly signal: AbortSignal | undefined;
  /** What is known of the data connections so far, in their order. */
  readonly data: readonly DataFact[];
}

export interface DataFact {
  readonly port: number;
  /** Undefined in clear. */
  readonly resumed: boolean | undefined;
}

/** What one check says of a server, bit by bit. */
export type Check = (examined: ExaminedServer) => AsyncIterable<Finding>;

/** Fetches a listing or a file to its end, of which the beginning is kept. @throws ClientError */
export async function fetchBytes(
  { pool, signal }: ExaminedServer,
  verb: 'MLSD' | 'LIST' | 'RETR',
  argument = '',
  offset = 0,
): Promise<Buffer> {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (keptBytes < maxKeptBytes) kept.push(chunk);
      keptBytes += chunk.length;
      done();
    },
  });
  await pool.use(signal, ({ connection }) =>
    runTransfer(connection, {
      verb,
      argument,
      offset,
      direction: verb === 'RETR' ? 'download' : 'listing',
      type: 'binary',
      signal,
      async move(data, breakOff) {
        throwUnlessWhole((await data.receive(sink, { signal: breakOff })).ending, 'strict');
      },
    }),
  );
  return Buffer.concat(kept);
}

const maxKeptBytes = 1_048_576;

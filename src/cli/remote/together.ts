import { CLIENT_LIMITS, type Client } from '../../client/index.ts';
import type { RemoteRun } from './remote-run.ts';
import type { TransferFlags } from './transfer.ts';

/**
 * How many of several files are worked on at once. Where small ones go together (BNDL) it is as many as a bundle takes:
 * a larger one waits for one of the connections as ever.
 */
export function filesAtOnce(
  { settings: { parallel = 1, limitRate } }: RemoteRun,
  clients: readonly Client[],
  operation: 'STOR' | 'RETR',
  { resume, checksum }: TransferFlags,
): number {
  const takesBundles = ({ server }: Client) => server.features.get('BNDL')?.split(';').includes(operation) === true;
  const isPlain = !resume && !checksum && limitRate === undefined;
  return isPlain && clients.every(takesBundles) ? CLIENT_LIMITS.maxBundledFiles.default : parallel;
}

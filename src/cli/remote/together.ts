import { CLIENT_LIMITS, type Client } from '../../client/index.ts';
import type { RemoteRun } from './remote-run.ts';
import type { TransferFlags } from './transfer.ts';

/**
 * How many of several files are worked on at once. Where small ones go together (BNDL) it is as many as a bundle takes:
 * a larger one waits for one of the connections as ever. Over SSH several cost no further connection.
 */
export function filesAtOnce(
  { settings: { parallel, limitRate } }: RemoteRun,
  clients: readonly Client[],
  operation: 'STOR' | 'RETR',
  { resume, checksum }: TransferFlags,
): number {
  const takesBundles = ({ server }: Client) => server.features.get('BNDL')?.split(';').includes(operation) === true;
  const usual = parallel ?? (clients.every(({ server }) => server.ssh) ? FILES_OVER_SSH : 1);
  const isPlain = !resume && !checksum && limitRate === undefined;
  return isPlain && clients.every(takesBundles) ? CLIENT_LIMITS.maxBundledFiles.default : usual;
}

const FILES_OVER_SSH = 8;

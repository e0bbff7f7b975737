import { stat } from 'node:fs/promises';
import { ClientError } from '../../client/index.ts';
import { LocalError, localError } from '../local-error.ts';

/** The failure of a transfer from or to `file`, where it is that file's: as one that a user can read. */
export async function asLocalError(file: string, error: unknown): Promise<unknown> {
  if (!(error instanceof ClientError) || error.code !== 'local') return error;
  const isDirectory = (await stat(file).catch(() => undefined))?.isDirectory() === true;
  if (isDirectory) return new LocalError(`${file}: ${DIRECTORY}`, { cause: error });
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && 'syscall' in cause ? localError(file, cause) : error;
}

export const DIRECTORY = 'a directory, not a file; "lockport sync" copies directories';

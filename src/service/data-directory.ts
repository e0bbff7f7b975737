import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { isBusy, lockFile } from '../database/index.ts';
import { StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

/** Where things lie in the data directory. */
export interface DataPaths {
  readonly database: string;
  readonly lock: string;
  /** The socket by which operators reach the server that runs. */
  readonly control: string;
  /** Directory of the self-signed certificate. */
  readonly tls: string;
  /** Directory of the host keys of SFTP. */
  readonly ssh: string;
  /** Directory of the audit trail. */
  readonly audit: string;
  /** Directory of what rules have still to do. */
  readonly rules: string;
  /** What was told already of what is told once. */
  readonly told: string;
}

export function pathsIn(dataDir: string): DataPaths {
  return {
    database: path.join(dataDir, 'lockport.db'),
    lock: path.join(dataDir, 'lock.db'),
    control: path.join(dataDir, 'control.sock'),
    tls: path.join(dataDir, 'tls'),
    ssh: path.join(dataDir, 'ssh'),
    audit: path.join(dataDir, 'audit'),
    rules: path.join(dataDir, 'rules'),
    told: path.join(dataDir, 'told.json'),
  };
}

/** Makes the directory where there is none, for its owner alone. Gives whether it was made. @throws StartError */
export function makeDirectory(directory: string, mode: number): boolean {
  try {
    return mkdirSync(directory, { recursive: true, mode }) !== undefined;
  } catch (error) {
    const why = systemCode(error) ?? String(error);
    const message = `Can't make the directory ${directory} (${why}): make it for the server's user, or choose another one`;
    throw new StartError(message, { cause: error });
  }
}

/**
 * Holds the data directory for this process until it is disposed or dead, so that no second server works on it.
 * @throws StartError where another process holds it
 */
export function lockDataDirectory(dataDir: string): Disposable {
  try {
    return lockFile(pathsIn(dataDir).lock);
  } catch (error) {
    const message = isBusy(error)
      ? `Another Lockport server uses ${dataDir}: stop it, or give this one another --data-dir`
      : `Can't use the data directory ${dataDir}: ${error instanceof Error ? error.message : String(error)}`;
    throw new StartError(message, { cause: error });
  }
}

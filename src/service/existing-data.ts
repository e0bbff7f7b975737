import { statSync } from 'node:fs';
import process from 'node:process';
import { type Database, openDatabase } from '../database/index.ts';
import type { Configuration } from './configuration/index.ts';
import { pathsIn } from './data-directory.ts';
import { isRoot } from './privileges.ts';
import { StartError } from './start-error.ts';

/**
 * The database of a data directory that a server has made, whether or not one runs. Root becomes the owner of the data
 * first: what it made would lock the server out.
 * @throws StartError where there is none; DatabaseError
 */
export function openExistingDatabase({ dataDir }: Configuration): Database {
  const { database } = pathsIn(dataDir);
  const { uid, gid } = ownerOf(database, dataDir);
  if (isRoot() && uid !== 0) {
    process.setgroups?.([gid]);
    process.setgid?.(gid);
    process.setuid?.(uid);
  }
  return openDatabase(database);
}

function ownerOf(database: string, dataDir: string): { readonly uid: number; readonly gid: number } {
  try {
    return statSync(database);
  } catch (error) {
    throw new StartError(
      `There is no data of Lockport in ${dataDir}: start "lockport serve" once, or name the right place by --data-dir`,
      { cause: error },
    );
  }
}

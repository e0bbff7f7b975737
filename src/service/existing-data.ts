import { existsSync, statSync } from 'node:fs';
import process from 'node:process';
import { type Database, openDatabase } from '../database/index.ts';
import type { Configuration } from './configuration/index.ts';
import { lockDataDirectory, pathsIn } from './data-directory.ts';
import { fileGroupAsRoot } from './file-group.ts';
import { lostMounts } from './mounts.ts';
import { isRoot } from './privileges.ts';
import { mayNotBeRead, StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';
import { keepFiles } from './upgrade/keep-files.ts';

/**
 * The database of a data directory that a server has made, whether or not one runs. Root becomes the owner of the data
 * first: what it made would lock the server out.
 * @param howToServe the command that starts the server, for the message where there is no data
 * @param onMigrated hears, in a sentence, that an older Lockport had written it
 * @throws StartError where there is none, or none that this user may read; DatabaseError; ConfigurationError
 */
export function openExistingDatabase(
  configuration: Configuration,
  howToServe: string,
  onMigrated: (message: string) => void,
): Database {
  const { dataDir } = configuration;
  const database = becomeOwner(configuration, howToServe);
  return openDatabase(database, {
    onMigrated,
    keepBeside: (directory) => keepFiles(configuration, directory),
    holdForMigration: () => holdFromServers(dataDir),
  });
}

/** That of a server that begins: it is made where there is none. The caller holds the data directory. @throws DatabaseError */
export function openForService(configuration: Configuration, onMigrated: (message: string) => void): Database {
  const keepBeside = (directory: string) => keepFiles(configuration, directory);
  return openDatabase(pathsIn(configuration.dataDir).database, { onMigrated, keepBeside });
}

/**
 * A sentence for each storage that accounts mount and that the configuration lacks. Leaves a database that an older Lockport
 * wrote as it is. Root becomes the owner of the data.
 * @throws StartError or DatabaseError where there are accounts that can't be looked at
 */
export async function checkMounts(configuration: Configuration): Promise<readonly string[]> {
  if (!existsSync(pathsIn(configuration.dataDir).database)) return [];
  const database = becomeOwner(configuration, 'lockport serve');
  await using accounts = openDatabase(database, { holdForMigration: refuseMigration });
  return await lostMounts(configuration, accounts.accounts);
}

function refuseMigration(): never {
  throw new StartError('an older Lockport wrote it');
}

/**
 * Gives the database's file, and becomes its owner where this is root.
 * @throws StartError as `openExistingDatabase`
 */
export function becomeOwner(configuration: Configuration, howToServe: string): string {
  const { dataDir } = configuration;
  const { database } = pathsIn(dataDir);
  const { uid, gid } = ownerOf(database, dataDir, howToServe);
  if (isRoot() && uid !== 0) {
    // As the server, which gives new directories to the group of `files.group`.
    process.setgroups?.([gid, ...fileGroupAsRoot(configuration)]);
    process.setgid?.(gid);
    process.setuid?.(uid);
  }
  return database;
}

/** A server that began with an older program could not read what a migration makes of its database. */
function holdFromServers(dataDir: string): Disposable {
  try {
    return lockDataDirectory(dataDir);
  } catch (error) {
    const message = 'the server that runs on it is an older one; restart it, which brings the database up to date';
    throw new StartError(message, { cause: error });
  }
}

function ownerOf(
  database: string,
  dataDir: string,
  howToServe: string,
): { readonly uid: number; readonly gid: number } {
  try {
    return statSync(database);
  } catch (error) {
    const message =
      systemCode(error) === 'EACCES'
        ? mayNotBeRead(dataDir)
        : `There is no data of Lockport in ${dataDir}: start "${howToServe}" once, or name the right place by --data-dir`;
    throw new StartError(message, { cause: error });
  }
}

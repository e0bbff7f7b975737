import { existsSync } from 'node:fs';
import { type Account, joinPath, namesOf, ROOT, type Storage, StorageError, type VirtualPath } from '../core/index.ts';
import { localStorage } from '../storage/index.ts';
import type { Configuration } from './configuration/index.ts';
import { fileGroupHere } from './file-group.ts';
import { StartError } from './start-error.ts';

/**
 * Makes the directories of an account that are missing: its home, and those that its rights name, since it may have no
 * right to make them itself. Gives those that rights name and that were made, as the account sees them.
 * @throws StorageError; StartError where the directory of all files is not there
 */
export async function makeHome(
  configuration: Configuration,
  { home, rights }: Account,
): Promise<readonly VirtualPath[]> {
  const { root } = configuration;
  if (!existsSync(root)) {
    throw new StartError(
      `There is no directory ${root} for the accounts' files: name the server's own by --root, or start the server once`,
    );
  }
  const fileGroup = await fileGroupHere(configuration);
  await using storage = await localStorage({ root, ...(fileGroup !== undefined && { fileGroup }) });
  await makeBelow(storage, ROOT, home);
  const made: VirtualPath[] = [];
  for (const { path } of rights) {
    if (await makeBelow(storage, home, path)) made.push(path);
  }
  return made;
}

/** Whether the last of them was missing. */
async function makeBelow(storage: Storage, top: VirtualPath, path: VirtualPath): Promise<boolean> {
  let [directory, isMade] = [top, false];
  for (const name of namesOf(path)) {
    directory = joinPath(directory, name);
    isMade = await makeMissing(storage, directory);
  }
  return isMade;
}

async function makeMissing(storage: Storage, directory: VirtualPath): Promise<boolean> {
  try {
    await storage.makeDirectory(directory);
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'exists') return false;
    throw error;
  }
}

import { existsSync } from 'node:fs';
import {
  type Account,
  joinPath,
  namesOf,
  ROOT,
  rebase,
  type Storage,
  StorageError,
  type VirtualPath,
} from '../core/index.ts';
import { mountAt } from '../files/index.ts';
import { localStorage } from '../storage/index.ts';
import { type Configuration, directoryOf } from './configuration/index.ts';
import { fileGroupHere } from './file-group.ts';
import { Resources } from './resources.ts';
import { openS3 } from './s3.ts';
import { StartError } from './start-error.ts';
import { readStorageKeys } from './storage-keys.ts';
import { openEncrypted } from './storages.ts';

/** A directory of a storage, as the account sees it at `at`. Without a storage, where this configuration has it not. */
interface AccountDirectory {
  readonly at: VirtualPath;
  readonly storage: Storage | undefined;
  readonly directory: VirtualPath;
}

/**
 * Makes the directories of an account that are missing: its home, those of its mounts, and those that its rights and its
 * `directories` name, since it may have no right to make them itself. Gives those that were made beside the home, as the account sees them.
 * @throws StorageError; StartError where the directory of a storage is not there
 */
export async function makeHome(
  configuration: Configuration,
  { home, mounts, rights, directories: named }: Account,
): Promise<readonly VirtualPath[]> {
  await using resources = new Resources();
  const fileGroup = await fileGroupHere(configuration);
  const opened = new Map<string, Storage>();
  async function open(name: string): Promise<Storage | undefined> {
    const root = directoryOf(configuration.storages, name);
    const known = opened.get(name);
    const configured = configuration.storages[name];
    if (!known && configured?.kind === 's3') {
      const bucket = resources.hold(await openS3(name, configured));
      opened.set(name, bucket);
      return bucket;
    }
    if (known || root === undefined) return known;
    if (!existsSync(root)) throw new StartError(`There is no directory ${root} for ${howToMake(name)}`);
    const storage = resources.hold(await localStorage({ root, ...(fileGroup !== undefined && { fileGroup }) }));
    const seen = await withStoredNames(configuration, name, storage);
    opened.set(name, seen);
    return seen;
  }

  const directories: AccountDirectory[] = [{ at: ROOT, storage: await open('default'), directory: home }];
  for (const { at, storage, path = ROOT } of mounts)
    directories.push({ at, storage: await open(storage), directory: path });
  const made: VirtualPath[] = [];
  for (const { at, storage, directory } of directories) {
    if (storage && (await makeBelow(storage, ROOT, directory)) && at !== ROOT) made.push(at);
  }
  for (const path of [...rights.map(({ path }) => path), ...named]) {
    const { at, storage, directory } = mountAt(directories, path);
    if (storage && (await makeBelow(storage, directory, rebase(at, ROOT, path)))) made.push(path);
  }
  return made;
}

/** Directories are the same whether files are encrypted in them, but for their names. */
async function withStoredNames({ storages }: Configuration, name: string, storage: Storage): Promise<Storage> {
  const configured = storages[name];
  if (configured?.kind !== 'encrypted' || !configured.namesKey) return storage;
  return openEncrypted(storage, await readStorageKeys(name, configured));
}

function howToMake(name: string): string {
  return name === 'default'
    ? "the accounts' files: name the server's own by --root, or start the server once"
    : `the files of the storage ${name}: start the server once with this configuration`;
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

import { type Account, joinPath, namesOf, ROOT, type Storage, StorageError } from '../core/index.ts';
import { localStorage } from '../storage/index.ts';
import type { Configuration } from './configuration/index.ts';

/** Makes the home directory of an account where it is missing. @throws StorageError */
export async function makeHome({ root }: Configuration, account: Account): Promise<void> {
  await using storage = await localStorage({ root });
  let directory = ROOT;
  for (const name of namesOf(account.home)) {
    directory = joinPath(directory, name);
    await makeMissing(storage, directory);
  }
}

async function makeMissing(storage: Storage, directory: typeof ROOT): Promise<void> {
  try {
    await storage.makeDirectory(directory);
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'exists')) throw error;
  }
}

import { type Account, type AccountMount, printable, type VirtualPath } from '../core/index.ts';
import { type Configuration, makeHome } from '../service/index.ts';
import { UsageError } from './usage-error.ts';

/**
 * Makes what is missing of the directories of an account, before it is stored: where they can't be made, there is no account
 * without them. Gives a sentence for the terminal. @throws UsageError for a storage that the configuration has not
 */
export async function makeDirectories(configuration: Configuration, account: Account): Promise<string> {
  checkMounts(account.mounts, configuration);
  return madeText(await makeHome(configuration, account));
}

/** @throws UsageError */
export function checkMounts(mounts: readonly AccountMount[], { storages }: Configuration): void {
  const unknown = mounts.find(({ storage }) => !Object.hasOwn(storages, storage));
  if (!unknown) return;
  const known = Object.keys(storages).join(', ');
  throw new UsageError(
    `--mount: there is no storage ${unknown.storage} in the configuration, which has ${known}; name its file by --config`,
  );
}

/** A directory is what a person means by a mount, or by rights below a path. */
function madeText(directories: readonly VirtualPath[]): string {
  const names = directories.map((directory) => printable(directory)).join(', ');
  return directories.length === 0 ? '' : `Made the directories that it names: ${names}\n`;
}

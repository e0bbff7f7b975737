import type { Command } from 'commander';
import type { AccountRecord, Accounts, Database } from '../database/index.ts';
import { type Configuration, openExistingDatabase, withRootInUse } from '../service/index.ts';
import { commandLine } from './command-line.ts';
import { addSettings, loadWithFlags } from './settings-flags.ts';
import { UsageError } from './usage-error.ts';

const SETTINGS = ['dataDir', 'root'];

/** The flags that say which server's accounts are meant. */
export function addPlace(command: Command): Command {
  return addSettings(command, SETTINGS);
}

/** Works on the accounts that the flags of the command mean. */
export async function withAccounts(
  command: Command,
  work: (accounts: Accounts, configuration: Configuration, database: Database) => Promise<void> | void,
): Promise<void> {
  const loaded = await loadWithFlags(command, SETTINGS);
  using database = openExistingDatabase(loaded.configuration, commandLine('serve', command));
  await work(database.accounts, withRootInUse(loaded, database), database);
}

/** @throws UsageError where there is no such account */
export function find(accounts: Accounts, name: string): AccountRecord {
  const record = accounts.find(name);
  if (record) return record;
  throw new UsageError(`There is no account ${JSON.stringify(name)}; "lockport user list" shows them`);
}

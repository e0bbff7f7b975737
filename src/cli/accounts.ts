import process from 'node:process';
import type { Command } from 'commander';
import {
  type AccountRecord,
  type AccountStore,
  AccountStoreError,
  type GroupRecord,
  type OwnSettings,
} from '../core/index.ts';
import {
  auditDirectory,
  type Configuration,
  type Database,
  openExistingDatabase,
  operatorName,
  recordedAccounts,
  refuseWeaker,
  withRootInUse,
  withRulesInUse,
} from '../service/index.ts';
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
  work: (accounts: AccountStore, configuration: Configuration, database: Database) => Promise<void>,
): Promise<void> {
  // Root becomes the owner of the data.
  const by = operatorName();
  const loaded = await loadWithFlags(command, SETTINGS);
  await using database = openExistingDatabase(loaded.configuration, commandLine('serve', command), (message) =>
    process.stderr.write(`${message}\n`),
  );
  const configuration = withRulesInUse(withRootInUse(loaded, database), loaded, database);
  const accounts = recordedAccounts(database.accounts, auditDirectory(loaded.configuration), {
    by,
    check: configuration.policy && refuseWeaker(configuration.policy),
    onFailure: (error) =>
      process.stderr.write(`lockport: The change could not be left to be recorded: ${String(error)}\n`),
  });
  await work(accounts, configuration, database);
}

/** @throws UsageError where there is no such account */
export async function find(accounts: AccountStore, name: string): Promise<AccountRecord> {
  return (await accounts.find(name)) ?? noAccount(name);
}

/** What an account says itself; also of one that can't sign in, since its groups can't be read. @throws UsageError */
export async function findOwn(accounts: AccountStore, name: string): Promise<OwnSettings> {
  return (await accounts.findOwn(name)) ?? noAccount(name);
}

/** @throws UsageError where there is no such group */
export async function findGroup({ groups }: AccountStore, name: string): Promise<GroupRecord> {
  const group = await groups.find(name);
  if (group) return group;
  throw new UsageError(`There is no group ${JSON.stringify(name)}; "lockport group list" shows them`);
}

/** An account or a group that can't be read. Nobody signs in by it, and it keeps no other from being shown. */
export interface Unreadable {
  readonly name: string;
  readonly error: string;
}

/** What was found, or why it can't be read. */
export async function foundOrWhy<Record>(name: string, found: Promise<Record>): Promise<Record | Unreadable> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AccountStoreError) return { name, error: error.message };
    throw error;
  }
}

function noAccount(name: string): never {
  throw new UsageError(`There is no account ${JSON.stringify(name)}; "lockport user list" shows them`);
}

import process from 'node:process';
import { Command } from 'commander';
import {
  type AccountMount,
  isAccountName,
  joinPath,
  printable,
  ROOT,
  type SessionsKept,
  type VirtualPath,
} from '../../../core/index.ts';
import { account, hashPassword } from '../../../identity/index.ts';
import { type Configuration, makeHome } from '../../../service/index.ts';
import { ACCOUNT_OPTIONS, type AccountFlagValues, changesFrom, withChanges } from '../../account-flags.ts';
import { addPlace, find, withAccounts } from '../../accounts.ts';
import { readNewPassword } from '../../password-input.ts';
import { UsageError } from '../../usage-error.ts';
import { keepSessionsOption } from './manage.ts';

/** `lockport user add` */
export function add(): Command {
  const command = new Command('add')
    .description('create an account; without other flags, its home is /NAME and it has all rights')
    .argument('<name>')
    .option('--password-stdin', 'take the password from standard input');
  for (const option of ACCOUNT_OPTIONS) command.addOption(option);
  return addPlace(command).action(async (name: string) => {
    if (!isAccountName(name)) throw new UsageError(`${JSON.stringify(name)} can't be the name of an account`);
    await withAccounts(command, async (accounts, configuration) => {
      if (await accounts.find(name))
        throw new UsageError(`There is an account ${name} already; change it by "lockport user set"`);
      const plain = account(name, { home: joinPath(ROOT, name) });
      const made = withChanges(plain, changesFrom(command.opts<AccountFlagValues>(), plain));
      checkMounts(made.mounts, configuration);
      const password = await readNewPassword(command.opts().passwordStdin === true, process);
      // The home first: where it can't be made, there is no account without one.
      const directories = await makeHome(configuration, made);
      await accounts.add(made, await hashPassword(password));
      process.stdout.write(`Account ${name} is made; its home is ${made.home}\n${madeText(directories)}`);
    });
  });
}

/** `lockport user set` */
export function set(): Command {
  const command = new Command('set')
    .description('change an account from its next login on; a change that takes a right away ends open sessions')
    .argument('<name>')
    .addOption(keepSessionsOption());
  for (const option of ACCOUNT_OPTIONS) command.addOption(option);
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts, configuration) => {
      const { account } = await find(accounts, name);
      const changes = changesFrom(command.opts<AccountFlagValues>(), account);
      if (Object.keys(changes).length === 0)
        throw new UsageError('Nothing to change; "lockport user set --help" shows the flags');
      checkMounts(changes.mounts ?? [], configuration);
      const directories = await makeHome(configuration, withChanges(account, changes));
      const kept = command.opts<SessionsKept>();
      const isTakenAway = await accounts.update(name, changes, kept);
      const hasExpired = changes.expires && changes.expires.getTime() <= Date.now();
      const sessions = isTakenAway || (hasExpired && !kept.keepSessions) ? '; sessions that were open end' : '';
      process.stdout.write(`Account ${name} is changed, from its next login on${sessions}\n${madeText(directories)}`);
    });
  });
}

/** A directory is what a person means by a mount, or by rights below a path. */
function madeText(directories: readonly VirtualPath[]): string {
  const names = directories.map((directory) => printable(directory)).join(', ');
  return directories.length === 0 ? '' : `Made the directories that its mounts and rights name: ${names}\n`;
}

/** @throws UsageError */
function checkMounts(mounts: readonly AccountMount[], { storages }: Configuration): void {
  const unknown = mounts.find(({ storage }) => !Object.hasOwn(storages, storage));
  if (!unknown) return;
  const known = Object.keys(storages).join(', ');
  throw new UsageError(
    `--mount: there is no storage ${unknown.storage} in the configuration, which has ${known}; name its file by --config`,
  );
}

import process from 'node:process';
import { Command } from 'commander';
import {
  type AccountStore,
  isAccountName,
  joinPath,
  type OwnSettings,
  type PresetName,
  RIGHTS,
  ROOT,
  type SessionsKept,
} from '../../../core/index.ts';
import { hashPassword } from '../../../identity/index.ts';
import { makeDirectories } from '../../account-directories.ts';
import { ACCOUNT_OPTIONS, type AccountFlagValues, changesFrom, withChanges } from '../../account-flags.ts';
import { addPlace, findGroup, findOwn, withAccounts } from '../../accounts.ts';
import { addPasswordFlags, readNewPassword, refusalByPolicy } from '../../password-input.ts';
import { presetOption, presetSettings } from '../../presets.ts';
import { UsageError } from '../../usage-error.ts';
import { keepSessionsOption } from './manage.ts';

/** `lockport user add` */
export function add(): Command {
  const command = new Command('add')
    .description('create an account; where neither flags nor groups say so, its home is /NAME and it has all rights')
    .argument('<name>')
    .addOption(presetOption());
  addPasswordFlags(command, '--generate-password');
  for (const option of ACCOUNT_OPTIONS) command.addOption(option);
  return addPlace(command).action(async (name: string) => {
    if (!isAccountName(name)) throw new UsageError(`${JSON.stringify(name)} can't be the name of an account`);
    await withAccounts(command, async (accounts, configuration) => {
      if ((await accounts.names()).includes(name))
        throw new UsageError(`There is an account ${name} already; change it by "lockport user set"`);
      const { preset, passwordStdin, generatePassword, mustChange = false } = command.opts<AddFlags>();
      const given = presetSettings(preset);
      const said = withChanges(given, changesFrom(command.opts<AccountFlagValues>(), given));
      const made = { ...(await withDefaults(accounts, name, said)), name };
      const { account } = await accounts.preview(made);
      const { password, shown } = await readNewPassword(
        { passwordStdin, generate: generatePassword },
        configuration,
        process,
        (password) => refusalByPolicy(password, configuration, name, []),
      );
      const directories = await makeDirectories(configuration, account);
      await accounts.add(made, await hashPassword(password), {
        mustChange: mustChange || configuration.passwords.changeAfterReset,
      });
      process.stdout.write(`Account ${name} is made; its home is ${account.home}\n${directories}${shown}`);
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
      const own = await findOwn(accounts, name);
      const changes = changesFrom(command.opts<AccountFlagValues>(), own);
      if (Object.keys(changes).length === 0)
        throw new UsageError('Nothing to change; "lockport user set --help" shows the flags');
      for (const group of changes.groups ?? []) await findGroup(accounts, group);
      const { account } = await accounts.preview({ ...withChanges(own, changes), name });
      const directories = await makeDirectories(configuration, account);
      const kept = command.opts<SessionsKept>();
      const isTakenAway = await accounts.update(name, changes, kept);
      const hasExpired = changes.expires && changes.expires.getTime() <= Date.now();
      const sessions = isTakenAway || (hasExpired && !kept.keepSessions) ? '; sessions that were open end' : '';
      process.stdout.write(`Account ${name} is changed, from its next login on${sessions}\n${directories}`);
    });
  });
}

interface AddFlags {
  readonly preset?: PresetName;
  readonly passwordStdin?: true;
  readonly generatePassword?: true;
  readonly mustChange?: true;
}

/** A home and rights, where neither the flags nor a group give them. @throws UsageError where there is no such group */
async function withDefaults(accounts: AccountStore, name: string, said: OwnSettings): Promise<OwnSettings> {
  const groups = await Promise.all((said.groups ?? []).map((group) => findGroup(accounts, group)));
  const lacks = (field: 'home' | 'rights') =>
    ![said, ...groups.map(({ settings }) => settings)].some((each) => each[field]);
  return {
    ...said,
    ...(lacks('home') && { home: joinPath(ROOT, name) }),
    ...(lacks('rights') && { rights: [{ path: ROOT, rights: RIGHTS }] }),
  };
}

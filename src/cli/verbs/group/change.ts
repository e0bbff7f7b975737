import process from 'node:process';
import { Command } from 'commander';
import {
  type Account,
  type AccountGroup,
  type AccountStore,
  AccountStoreError,
  effectiveAccount,
  FieldError,
  fieldValue,
  type GroupSettings,
  isGroupName,
  type OwnSettings,
  PLACED_FIELDS,
  type PresetName,
  printable,
  type SessionsKept,
} from '../../../core/index.ts';
import { checkMounts, makeDirectories } from '../../account-directories.ts';
import { type AccountFlagValues, changesFrom, GROUP_OPTIONS, withChanges } from '../../account-flags.ts';
import { addPlace, findGroup, withAccounts } from '../../accounts.ts';
import { presetOption, presetSettings } from '../../presets.ts';
import { UsageError } from '../../usage-error.ts';
import { keepSessionsOption } from '../user/manage.ts';

const TEMPLATES = 'in its paths {name} stands for the name of the account';

/** `lockport group add` */
export function add(): Command {
  const command = new Command('add')
    .description(`create a group, whose values its accounts have where they have none of their own; ${TEMPLATES}`)
    .argument('<name>')
    .addOption(presetOption());
  for (const option of GROUP_OPTIONS) command.addOption(option);
  return addPlace(command).action(async (name: string) => {
    if (!isGroupName(name)) throw new UsageError(`${JSON.stringify(name)} can't be the name of a group`);
    await withAccounts(command, async ({ groups }, configuration) => {
      if ((await groups.names()).includes(name))
        throw new UsageError(`There is a group ${name} already; change it by "lockport group set"`);
      const given = presetSettings(command.opts<{ preset?: PresetName }>().preset);
      const settings = withChanges(given, changesFrom(command.opts<AccountFlagValues>(), given));
      checkMounts(settings.mounts ?? [], configuration);
      await groups.add(name, settings);
      process.stdout.write(`Group ${name} is made; "lockport user set NAME --group ${name}" puts an account into it\n`);
    });
  });
}

/** `lockport group set` */
export function set(): Command {
  const command = new Command('set')
    .description(
      'change a group and so its accounts, from their next login on; what takes a right away ends open sessions',
    )
    .argument('<name>')
    .addOption(keepSessionsOption());
  for (const option of GROUP_OPTIONS) command.addOption(option);
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts, configuration) => {
      const { settings } = await findGroup(accounts, name);
      const changes = changesFrom(command.opts<AccountFlagValues>(), settings);
      if (Object.keys(changes).length === 0)
        throw new UsageError('Nothing to change; "lockport group set --help" shows the flags');
      const after = withChanges(settings, changes);
      checkMounts(after.mounts ?? [], configuration);
      const members = await accounts.groups.members(name);
      for (const member of members) {
        const account = await accountWith(accounts, member, name, after);
        if (account) await makeDirectories(configuration, account);
      }
      const ended = await accounts.groups.update(name, changes, command.opts<SessionsKept>());
      const count = members.length === 1 ? '1 account' : `${members.length} accounts`;
      const sessions = ended.length === 0 ? '' : `; open sessions end of ${ended.join(', ')}`;
      process.stdout.write(`Group ${name} is changed, and its ${count} from the next login on${sessions}\n`);
      process.stdout.write(await notReached(accounts, members, changes));
    });
  });
}

/** A member as it will be; undefined for one that can't be read then, on which the store has the last word. */
async function accountWith(
  accounts: AccountStore,
  name: string,
  group: string,
  settings: GroupSettings,
): Promise<Account | undefined> {
  try {
    const own = await accounts.findOwn(name);
    if (!own) return undefined;
    const groups: AccountGroup[] = [];
    for (const each of own.groups ?? []) {
      groups.push(each === group ? { name: group, settings } : await findGroup(accounts, each));
    }
    return effectiveAccount(name, own, groups).account;
  } catch (error) {
    const isUnreadable =
      error instanceof AccountStoreError || error instanceof FieldError || error instanceof UsageError;
    if (isUnreadable) return undefined;
    throw error;
  }
}

/** Whom the change does not reach, since they have values of their own: what people are most surprised by. */
async function notReached(accounts: AccountStore, members: readonly string[], changes: object): Promise<string> {
  const changed = PLACED_FIELDS.filter(({ place: [name = ''], field }) => name in changes && field.flag !== undefined);
  const owns = new Map<string, OwnSettings>();
  for (const member of members) owns.set(member, (await accounts.findOwn(member).catch(() => undefined)) ?? {});
  return changed
    .map(({ place, field }) => {
      const names = members.filter((member) => fieldValue(owns.get(member) ?? {}, place) !== undefined);
      const flag = field.flag?.split(' ', 1)[0] ?? '';
      return names.length === 0 ? '' : `Not for ${printable(names.join(', '))}: they have ${flag} of their own\n`;
    })
    .join('');
}

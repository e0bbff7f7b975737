import process from 'node:process';
import { Command, Option } from 'commander';
import { ADMIN_ROLES, type AdminRole } from '../../../core/index.ts';
import { hashPassword } from '../../../identity/index.ts';
import { type Configuration, earlierToKeep, newTotp, totpDemand } from '../../../service/index.ts';
import { addPlace, findGroup } from '../../accounts.ts';
import { formatMoment } from '../../field-texts.ts';
import { addPasswordFlags, readNewPassword, refusalByPolicy } from '../../password-input.ts';
import { repeatableOption } from '../../repeatable-option.ts';
import { factorText } from '../../second-factor.ts';
import { formatTable } from '../../table.ts';
import { UsageError } from '../../usage-error.ts';
import { findAdministrator, withAdministrators } from './place.ts';

export function roleOption(summary: string): Option {
  return new Option('--role <role>', summary).choices(ADMIN_ROLES).makeOptionMandatory();
}

interface PasswordFlags {
  readonly passwordStdin?: true;
  readonly generate?: true;
}

/** `lockport admin add` */
export function add(): Command {
  const command = new Command('add')
    .description('add an administrator, with a password and a second factor')
    .argument('<name>')
    .addOption(roleOption('what it may do: auditor reads, operator acts, owner does both and makes backups'))
    .addOption(repeatableOption('--group <name>', 'limit it to the accounts of a group'))
    .option('--no-totp', 'without a second factor')
    .option('--json', 'as JSON');
  return addPlace(addPasswordFlags(command, '--generate')).action((name: string) =>
    withAdministrators(command, async ({ accounts, administrators, configuration, note, print }) => {
      const {
        role,
        group = [],
        totp,
        passwordStdin,
        generate,
      } = command.opts<
        PasswordFlags & { readonly role: AdminRole; readonly group?: readonly string[]; readonly totp: boolean }
      >();
      for (const each of group) await findGroup(accounts, each);
      if (!totp) requireNoTotp(configuration);
      const made = await readNewPassword({ passwordStdin, generate }, configuration, process, (given) =>
        refusalByPolicy(given, configuration, name, []),
      );
      await administrators.add({ name, role, groups: group, disabled: false }, await hashPassword(made.password));
      const factor = totp ? newTotp(name) : undefined;
      if (factor) await administrators.setTotpSecret(name, factor.secret);
      await note(name, 'added');
      print(
        { name, role, groups: group, ...(generate && { password: made.password }), ...factor },
        `Administrator ${name} is added, as ${role}\n${made.shown}${factor ? factorText(factor) : ''}`,
      );
    }),
  );
}

/** `lockport admin list` */
export function list(): Command {
  const command = new Command('list').description('list the administrators').option('--json', 'as JSON');
  return addPlace(command).action(() =>
    withAdministrators(command, async ({ administrators, print }) => {
      const all = await administrators.list();
      const shown = all.map(
        ({ name, role, groups, disabled, createdAt, passwordChangedAt, lastLoginAt, totpSecret }) => ({
          name,
          role,
          groups,
          disabled,
          createdAt,
          passwordChangedAt,
          lastLoginAt: lastLoginAt ?? null,
          hasTotp: totpSecret !== undefined,
        }),
      );
      const rows = shown.map(({ name, role, groups, hasTotp, lastLoginAt }) => [
        name,
        role,
        groups.join(', ') || 'all',
        hasTotp ? 'yes' : 'no',
        lastLoginAt ? formatMoment(lastLoginAt) : 'never',
      ]);
      print(shown, formatTable([['NAME', 'ROLE', 'GROUPS', 'TOTP', 'LAST LOGIN'], ...rows]));
    }),
  );
}

/** `lockport admin set` */
export function set(): Command {
  const command = new Command('set')
    .description('change role, groups or state; its sessions end')
    .argument('<name>')
    .addOption(new Option('--role <role>', 'what it may do').choices(ADMIN_ROLES))
    .addOption(
      repeatableOption('--group <name>', 'limit it to the accounts of a group, in place of those before; or none'),
    )
    .option('--disable', 'let it do nothing')
    .option('--enable', 'let it sign in again')
    .option('--json', 'as JSON');
  return addPlace(command).action((name: string) =>
    withAdministrators(command, async ({ accounts, administrators, note, print }) => {
      const { role, group, disable, enable } = command.opts<SetFlags>();
      if (disable && enable) throw new UsageError('Either --disable or --enable');
      const groups = group?.filter((each) => each !== 'none');
      for (const each of groups ?? []) await findGroup(accounts, each);
      const changes = {
        ...(role && { role }),
        ...(groups && { groups }),
        ...((disable || enable) && { disabled: disable ?? false }),
      };
      if (Object.keys(changes).length === 0)
        throw new UsageError('Say what changes: --role, --group, --disable or --enable');
      await administrators.update(name, changes);
      await note(name, `changed ${Object.keys(changes).join(', ')}`);
      print({ name, ...changes }, `Administrator ${name} is changed\n`);
    }),
  );
}

interface SetFlags {
  readonly role?: AdminRole;
  readonly group?: readonly string[];
  readonly disable?: true;
  readonly enable?: true;
}

/** `lockport admin remove` */
export function remove(): Command {
  const command = new Command('remove')
    .description('remove an administrator; its sessions and tokens end at once')
    .argument('<name>')
    .option('--json', 'as JSON');
  return addPlace(command).action((name: string) =>
    withAdministrators(command, async ({ administrators, note, print }) => {
      await administrators.remove(name);
      await note(name, 'removed');
      print({ removed: name }, `Administrator ${name} is removed\n`);
    }),
  );
}

/** `lockport admin password` */
export function password(): Command {
  const command = new Command('password')
    .description('set a new password; its sessions end')
    .argument('<name>')
    .option('--json', 'as JSON');
  return addPlace(addPasswordFlags(command, '--generate')).action((name: string) =>
    withAdministrators(command, async ({ administrators, configuration, note, print }) => {
      const { passwordHash, earlierPasswordHashes } = await findAdministrator(administrators, name);
      const { passwordStdin, generate } = command.opts<PasswordFlags>();
      const hashes = passwordHash === '' ? earlierPasswordHashes : [passwordHash, ...earlierPasswordHashes];
      const made = await readNewPassword({ passwordStdin, generate }, configuration, process, (given) =>
        refusalByPolicy(given, configuration, name, hashes),
      );
      await administrators.setPasswordHash(name, await hashPassword(made.password), {
        keepEarlier: earlierToKeep(configuration.passwords),
      });
      await note(name, 'password-set');
      const text = `Administrator ${name} has a new password\n${made.shown}`;
      print({ name, ...(generate && { password: made.password }) }, text);
    }),
  );
}

/** `lockport admin totp` */
export function totp(): Command {
  const command = new Command('totp')
    .description('make a new second factor, in place of one that there may be, and show it this once')
    .argument('<name>')
    .option('--remove', 'do without one')
    .option('--json', 'as JSON');
  return addPlace(command).action((name: string) =>
    withAdministrators(command, async ({ administrators, configuration, note, print }) => {
      if (command.opts()['remove']) {
        requireNoTotp(configuration);
        await administrators.setTotpSecret(name, undefined);
        await note(name, 'totp-removed');
        print({ name }, `Administrator ${name} has no second factor any more\n`);
        return;
      }
      const factor = newTotp(name);
      await administrators.setTotpSecret(name, factor.secret);
      await note(name, 'totp-set');
      print({ name, ...factor }, factorText(factor));
    }),
  );
}

/** @throws UsageError where every administrator has to have a second factor */
function requireNoTotp(configuration: Configuration): void {
  const demanded = totpDemand(configuration);
  if (demanded !== undefined) throw new UsageError(`An administrator needs a second factor: ${demanded}`);
}

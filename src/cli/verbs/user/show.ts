import process from 'node:process';
import { Command } from 'commander';
import { type AccountRecord, type EffectiveRights, effectiveRights, printable, RIGHTS } from '../../../core/index.ts';
import { type PasswordRules, passwordExpiry } from '../../../service/index.ts';
import { addPlace, find, findGroup, foundOrWhy, type Unreadable, withAccounts } from '../../accounts.ts';
import { accountRows } from '../../field-rows.ts';
import { formatMoment } from '../../field-texts.ts';
import { formatTable } from '../../table.ts';

/** `lockport user list` */
export function list(): Command {
  const command = new Command('list')
    .description('list the accounts')
    .option('--group <name>', 'those of a group alone')
    .option('--json', 'as JSON');
  return addPlace(command).action(async () => {
    await withAccounts(command, async (accounts, { passwords }) => {
      const { group, json } = command.opts<{ group?: string; json?: true }>();
      if (group !== undefined) await findGroup(accounts, group);
      const names = group === undefined ? await accounts.names() : await accounts.groups.members(group);
      const listed = await Promise.all(names.toSorted().map((name) => foundOrWhy(name, find(accounts, name))));
      const text = json
        ? `${JSON.stringify(
            listed.map((each) => publicOrWhy(each, passwords)),
            undefined,
            2,
          )}\n`
        : formatTable([['NAME', 'HOME', 'STATE', 'LAST LOGIN', 'GROUPS'], ...listed.map(rowOf)]);
      process.stdout.write(text);
    });
  });
}

/** `lockport user show` */
export function show(): Command {
  const command = new Command('show')
    .description('print everything about an account, and where each value comes from')
    .argument('<name>')
    .option('--json', 'as JSON');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts, { passwords }) => {
      const record = await find(accounts, name);
      const text = command.opts().json
        ? `${JSON.stringify(publicPart(record, passwords), undefined, 2)}\n`
        : formatTable(detailsOf(record, passwords));
      process.stdout.write(text);
    });
  });
}

function publicOrWhy(listed: AccountRecord | Unreadable, rules: PasswordRules): object {
  return 'error' in listed ? listed : publicPart(listed, rules);
}

/** All but the hash of the password, and the secret of the second factor. */
function publicPart(record: AccountRecord, rules: PasswordRules): object {
  const { account, own, origins, createdAt, updatedAt, passwordChangedAt, lastLoginAt } = record;
  const times = {
    createdAt,
    updatedAt,
    passwordChangedAt,
    passwordExpires: passwordExpiry(rules, record) ?? null,
    mustChangePassword: record.mustChangePassword,
    hasTotp: record.totpSecret !== undefined,
    lastLoginAt: lastLoginAt ?? null,
    lockedUntil: lockOf(record) ?? null,
  };
  return { ...account, own, origins, effectiveRights: effectiveRights(account), ...times };
}

function rowOf(listed: AccountRecord | Unreadable): string[] {
  if ('error' in listed) return [listed.name, '-', 'unreadable', '-', printable(listed.error)];
  const { account, lastLoginAt } = listed;
  return [account.name, account.home, stateOf(listed), moment(lastLoginAt), account.groups.join(', ')];
}

function stateOf(record: AccountRecord): string {
  const { disabled, expires } = record.account;
  if (disabled) return 'disabled';
  const until = lockOf(record);
  if (until) return `locked until ${formatMoment(until)}`;
  return expires && expires.getTime() <= Date.now() ? 'expired' : 'active';
}

/** Until when it is locked, where it still is. */
function lockOf({ lockedUntil }: AccountRecord): Date | undefined {
  return lockedUntil && lockedUntil.getTime() > Date.now() ? lockedUntil : undefined;
}

function detailsOf(record: AccountRecord, rules: PasswordRules): string[][] {
  const { account, origins, createdAt, passwordChangedAt, lastLoginAt } = record;
  const passwordExpires = passwordExpiry(rules, record);
  return [
    ['name', account.name],
    ['state', stateOf(record)],
    // Without groups there is nothing to tell apart.
    ...accountRows(account, account.groups.length > 0 ? origins : undefined),
    ...effectiveRights(account).map((each) => ['may', mayText(each)]),
    ['made', moment(createdAt)],
    ['password set', moment(passwordChangedAt)],
    ...(passwordExpires ? [['password ends', moment(passwordExpires)]] : []),
    ...(record.mustChangePassword ? [['password', 'to be changed at the next login']] : []),
    ['authenticator', record.totpSecret === undefined ? 'none' : 'set (user totp)'],
    ['last login', moment(lastLoginAt)],
  ];
}

function mayText({ path, rights, mount }: EffectiveRights): string {
  const depth = path.split('/').filter((name) => name !== '').length;
  const words = rights.length === RIGHTS.length ? 'everything' : rights.join(', ') || 'nothing';
  const where = mount?.at === path ? ` (the storage ${mount.storage}${mount.readOnly ? ', read-only' : ''})` : '';
  return `${'  '.repeat(depth)}${printable(path)}: ${words}${where}`;
}

function moment(date: Date | undefined): string {
  return date ? formatMoment(date) : 'never';
}

import process from 'node:process';
import { Command } from 'commander';
import { type AccountRecord, RIGHTS, type RightsRule } from '../../../core/index.ts';
import { addPlace, find, withAccounts } from '../../accounts.ts';
import { formatBytes } from '../../quantity.ts';
import { formatTable } from '../../table.ts';

/** `lockport user list` */
export function list(): Command {
  const command = new Command('list').description('list the accounts').option('--json', 'as JSON');
  return addPlace(command).action(async () => {
    await withAccounts(command, async (accounts) => {
      const records = await Array.fromAsync(accounts.list());
      const text = command.opts().json
        ? `${JSON.stringify(records.map(publicPart), undefined, 2)}\n`
        : formatTable([['NAME', 'HOME', 'STATE', 'LAST LOGIN'], ...records.map(rowOf)]);
      process.stdout.write(text);
    });
  });
}

/** `lockport user show` */
export function show(): Command {
  const command = new Command('show')
    .description('print all of an account')
    .argument('<name>')
    .option('--json', 'as JSON');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts) => {
      const record = await find(accounts, name);
      const text = command.opts().json
        ? `${JSON.stringify(publicPart(record), undefined, 2)}\n`
        : formatTable(detailsOf(record));
      process.stdout.write(text);
    });
  });
}

/** All but the hash of the password. */
function publicPart({ account, createdAt, updatedAt, passwordChangedAt, lastLoginAt }: AccountRecord): object {
  return { ...account, createdAt, updatedAt, passwordChangedAt, lastLoginAt: lastLoginAt ?? null };
}

function rowOf(record: AccountRecord): string[] {
  return [record.account.name, record.account.home, stateOf(record), day(record.lastLoginAt)];
}

function stateOf({ account: { disabled, expires } }: AccountRecord): string {
  if (disabled) return 'disabled';
  return expires && expires.getTime() <= Date.now() ? 'expired' : 'active';
}

function detailsOf(record: AccountRecord): string[][] {
  const { account, createdAt, passwordChangedAt, lastLoginAt } = record;
  const { quota, rate, maxSessions, allowedAddresses, certificate } = account;
  return [
    ['name', account.name],
    ['home', account.home],
    ['state', stateOf(record)],
    ...account.rights.map((rule) => ['rights', describeRule(rule)]),
    [
      'quota',
      [
        quota.bytes === undefined ? [] : formatBytes(quota.bytes),
        quota.files === undefined ? [] : `${quota.files} files`,
      ]
        .flat()
        .join(', ') || 'none',
    ],
    ['rate up', speed(rate.upload)],
    ['rate down', speed(rate.download)],
    ['sessions', maxSessions === undefined ? 'any number' : `${maxSessions} at the most`],
    ['allowed from', allowedAddresses.join(', ') || 'anywhere'],
    ['expires', day(account.expires)],
    ['certificate', [certificate.use, ...certificate.fingerprints].join(' ')],
    ['session reuse', account.sessionReuse ?? 'as the server'],
    ['end of stream', account.endOfStream ?? 'as the server'],
    ['made', day(createdAt)],
    ['password set', day(passwordChangedAt)],
    ['last login', day(lastLoginAt)],
  ];
}

function describeRule({ path, rights }: RightsRule): string {
  const names = rights.length === RIGHTS.length ? 'all' : rights.join(',') || 'none';
  return `${path}=${names}`;
}

function speed(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === undefined ? 'any' : `${formatBytes(bytesPerSecond)}/s`;
}

function day(date: Date | undefined): string {
  return date ? date.toISOString().slice(0, 19).replace('T', ' ') : 'never';
}

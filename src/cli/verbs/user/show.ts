import process from 'node:process';
import { Command } from 'commander';
import { type Account, type AccountRecord, fieldValue, PLACED_FIELDS } from '../../../core/index.ts';
import { addPlace, find, withAccounts } from '../../accounts.ts';
import { formatField, formatMoment } from '../../field-texts.ts';
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
    .description('print everything about an account')
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
  return [record.account.name, record.account.home, stateOf(record), moment(record.lastLoginAt)];
}

function stateOf({ account: { disabled, expires } }: AccountRecord): string {
  if (disabled) return 'disabled';
  return expires && expires.getTime() <= Date.now() ? 'expired' : 'active';
}

function detailsOf(record: AccountRecord): string[][] {
  const { account, createdAt, passwordChangedAt, lastLoginAt } = record;
  return [
    ['name', account.name],
    ['state', stateOf(record)],
    ...rowsOf(account),
    ['made', moment(createdAt)],
    ['password set', moment(passwordChangedAt)],
    ['last login', moment(lastLoginAt)],
  ];
}

/** A row for each field, or for those of one label together; of a list that has a label for itself, for each item. */
function rowsOf(account: Account): string[][] {
  const shown = PLACED_FIELDS.filter(({ field }) => field.label !== undefined);
  return [...Map.groupBy(shown, ({ field }) => field.label ?? '')].flatMap(([label, fields]) => {
    const texts = fields.flatMap(({ place, field }) => {
      const value = fieldValue(account, place);
      const texts = value === undefined ? [] : formatField(field.kind, value);
      return texts.map((text) => field.shown?.(text) ?? text);
    });
    const [first] = fields;
    if (texts.length === 0) return [[label, first?.field.absent ?? 'none']];
    return first?.field.isOneALine ? texts.map((text) => [label, text]) : [[label, texts.join(', ')]];
  });
}

function moment(date: Date | undefined): string {
  return date ? formatMoment(date) : 'never';
}

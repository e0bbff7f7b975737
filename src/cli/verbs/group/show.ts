import process from 'node:process';
import { Command } from 'commander';
import { type GroupRecord, printable } from '../../../core/index.ts';
import { addPlace, findGroup, foundOrWhy, type Unreadable, withAccounts } from '../../accounts.ts';
import { groupRows } from '../../field-rows.ts';
import { formatMoment } from '../../field-texts.ts';
import { formatTable } from '../../table.ts';

/** `lockport group list` */
export function list(): Command {
  const command = new Command('list').description('list the groups').option('--json', 'as JSON');
  return addPlace(command).action(async () => {
    await withAccounts(command, async (accounts) => {
      const names = await accounts.groups.names();
      const listed = await Promise.all(names.map((name) => foundOrWhy(name, findGroup(accounts, name))));
      const members = await Promise.all(names.map((name) => accounts.groups.members(name)));
      const text = command.opts().json
        ? `${JSON.stringify(
            listed.map((group, index) => publicPart(group, members[index] ?? [])),
            undefined,
            2,
          )}\n`
        : formatTable([
            ['NAME', 'ACCOUNTS', 'SAYS'],
            ...listed.map((group, index) => [group.name, String(members[index]?.length ?? 0), saysOf(group)]),
          ]);
      process.stdout.write(text);
    });
  });
}

/** `lockport group show` */
export function show(): Command {
  const command = new Command('show')
    .description('print what a group says, and its accounts')
    .argument('<name>')
    .option('--json', 'as JSON');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts) => {
      const group = await findGroup(accounts, name);
      const members = await accounts.groups.members(name);
      const text = command.opts().json
        ? `${JSON.stringify(publicPart(group, members), undefined, 2)}\n`
        : formatTable([
            ['name', group.name],
            ...groupRows(group.settings),
            ['made', formatMoment(group.createdAt)],
            ['accounts', members.join(', ') || 'none'],
          ]);
      process.stdout.write(text);
    });
  });
}

function publicPart(group: GroupRecord | Unreadable, members: readonly string[]): object {
  return { ...group, members };
}

function saysOf(group: GroupRecord | Unreadable): string {
  if ('error' in group) return printable(group.error);
  return Object.keys(group.settings).join(', ') || 'nothing';
}

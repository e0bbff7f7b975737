import { Command } from 'commander';
import type { AdminRole, AdminToken } from '../../../core/index.ts';
import { newAdminToken } from '../../../identity/index.ts';
import { addPlace } from '../../accounts.ts';
import { formatMoment, parseMoment } from '../../field-texts.ts';
import { parseDuration } from '../../quantity.ts';
import { formatTable } from '../../table.ts';
import { UsageError } from '../../usage-error.ts';
import { roleOption } from './manage.ts';
import { findAdministrator, withAdministrators } from './place.ts';

/** `lockport admin token` */
export function token(): Command {
  const command = new Command('token').description('the API tokens of an administrator, for programs');
  for (const verb of [add, list, revoke]) command.addCommand(verb());
  return command;
}

function add(): Command {
  const command = new Command('add')
    .description('make a token, and show it this once')
    .argument('<administrator>')
    .addOption(roleOption('the most that it may do; the role of its administrator counts where that is weaker'))
    .requiredOption('--expires <time>', 'when it ends: a date such as 2030-12-31, or an age such as 12h or 90d')
    .option('--label <text>', 'what it is for', '')
    .option('--json', 'as JSON');
  return addPlace(command).action((administrator: string) =>
    withAdministrators(command, async ({ administrators, note, print }) => {
      const {
        role,
        expires: given,
        label,
      } = command.opts<{
        readonly role: AdminRole;
        readonly expires: string;
        readonly label: string;
      }>();
      const expires = expiryOf(given);
      const { id, text, secretHash } = newAdminToken();
      const createdAt = new Date();
      await administrators.addToken({ id, administrator, label, role, secretHash, createdAt, expires });
      await note(administrator, `token-added ${id}`);
      print(
        { id, administrator, role, label, expires, token: text },
        `Token ${id} of ${administrator}, until ${formatMoment(expires)}; it is not shown again:\n${text}\n`,
      );
    }),
  );
}

function list(): Command {
  const command = new Command('list')
    .description('list the tokens of an administrator')
    .argument('<administrator>')
    .option('--json', 'as JSON');
  return addPlace(command).action((administrator: string) =>
    withAdministrators(command, async ({ administrators, print }) => {
      await findAdministrator(administrators, administrator);
      const tokens = await administrators.tokens(administrator);
      const shown = tokens.map(({ id, role, label, createdAt, expires, lastUsedAt }) => ({
        id,
        role,
        label,
        createdAt,
        expires,
        lastUsedAt: lastUsedAt ?? null,
      }));
      print(shown, formatTable([['ID', 'ROLE', 'EXPIRES', 'LAST USED', 'LABEL'], ...shown.map(rowOf)]));
    }),
  );
}

function revoke(): Command {
  const command = new Command('revoke')
    .description('take a token back at once')
    .argument('<id>')
    .option('--json', 'as JSON');
  return addPlace(command).action((id: string) =>
    withAdministrators(command, async ({ administrators, note, print }) => {
      const found = await administrators.findToken(id);
      await administrators.removeToken(id);
      if (found) await note(found.administrator, `token-revoked ${id}`);
      print({ revoked: id }, `Token ${id} is revoked\n`);
    }),
  );
}

type ShownToken = Pick<AdminToken, 'id' | 'role' | 'label' | 'expires'> & { readonly lastUsedAt: Date | null };

function rowOf({ id, role, expires, lastUsedAt, label }: ShownToken): string[] {
  const isOver = expires.getTime() <= Date.now();
  return [
    id,
    role,
    `${formatMoment(expires)}${isOver ? ' (over)' : ''}`,
    lastUsedAt ? formatMoment(lastUsedAt) : 'never',
    label,
  ];
}

/** @throws UsageError */
function expiryOf(text: string): Date {
  const age = parseDuration(text);
  const expires = parseMoment(text) ?? (age === undefined ? undefined : new Date(Date.now() + age));
  if (!expires) throw new UsageError('--expires: expected a date such as 2030-12-31, or an age such as 12h or 90d');
  if (expires.getTime() > Date.now()) return expires;
  throw new UsageError('--expires: lies in the past');
}

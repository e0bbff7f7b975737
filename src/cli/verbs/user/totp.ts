import process from 'node:process';
import { Command } from 'commander';
import type { AccountRecord, AccountStore, SessionsKept } from '../../../core/index.ts';
import { newTotp } from '../../../service/index.ts';
import { addPlace, find, withAccounts } from '../../accounts.ts';
import { factorText } from '../../second-factor.ts';
import { UsageError } from '../../usage-error.ts';
import { keepSessionsOption } from './manage.ts';

/** `lockport user totp` */
export function totp(): Command {
  const command = new Command('totp')
    .description('make a second factor, in place of one that there may be, and show it this once; open sessions end')
    .argument('<name>')
    .option('--remove', 'do without one')
    .option('--json', 'as JSON')
    .addOption(keepSessionsOption());
  return addPlace(command).action((name: string) =>
    withAccounts(command, async (accounts) => {
      const record = await find(accounts, name);
      const { remove, json, keepSessions = false } = command.opts<TotpFlags>();
      const { facts, text } = await (remove ? removed : made)(accounts, record, { keepSessions });
      process.stdout.write(json ? `${JSON.stringify(facts, undefined, 2)}\n` : text);
    }),
  );
}

interface TotpFlags extends SessionsKept {
  readonly remove?: true;
  readonly json?: true;
}

interface Outcome {
  readonly facts: object;
  readonly text: string;
}

async function removed(
  accounts: AccountStore,
  { account: { name, secondFactor }, totpSecret }: AccountRecord,
  options: SessionsKept,
): Promise<Outcome> {
  if (totpSecret === undefined) throw new UsageError(`${name} has no second factor`);
  await accounts.setTotpSecret(name, undefined, options);
  const shut = secondFactor === 'always' ? '; its --second-factor is always, so nothing opens it now' : '';
  return { facts: { name }, text: `Account ${name} has no second factor any more${shut}\n` };
}

async function made(
  accounts: AccountStore,
  { account: { name, secondFactor, authorizedKeys, certificate } }: AccountRecord,
  options: SessionsKept,
): Promise<Outcome> {
  const factor = newTotp(name);
  await accounts.setTotpSecret(name, factor.secret, options);
  const isOpenBeside = authorizedKeys.length > 0 || certificate.use === 'instead-of-password';
  const note =
    isOpenBeside && secondFactor === 'with-password'
      ? 'Its keys, or its certificate, open it without a code; --second-factor always asks for one there too\n'
      : '';
  return { facts: { name, ...factor }, text: `${factorText(factor)}${note}` };
}

import process from 'node:process';
import { Command, Option } from 'commander';
import type { AccountStore, SessionsKept } from '../../../core/index.ts';
import { hashPassword } from '../../../identity/index.ts';
import { earlierToKeep } from '../../../service/index.ts';
import { addPlace, findOwn, withAccounts } from '../../accounts.ts';
import { addPasswordFlags, readNewPassword, refusalByPolicy } from '../../password-input.ts';

/** For changes that take a right away. */
export function keepSessionsOption(): Option {
  return new Option('--keep-sessions', 'let sessions that are open go on (they end at once otherwise)');
}

/** `lockport user passwd` */
export function passwd(): Command {
  const command = new Command('passwd')
    .alias('password')
    .description('set a new password, and lift a lock; open sessions end')
    .argument('<name>')
    .addOption(keepSessionsOption());
  return addPlace(addPasswordFlags(command, '--generate')).action(async (name: string) => {
    await withAccounts(command, async (accounts, configuration) => {
      await findOwn(accounts, name);
      const { passwordStdin, generate, mustChange = false, keepSessions } = command.opts<PasswdFlags>();
      const { password, shown } = await readNewPassword(
        { passwordStdin, generate },
        configuration,
        process,
        async (password) => refusalByPolicy(password, configuration, name, await hashesOf(accounts, name)),
      );
      await accounts.setPasswordHash(name, await hashPassword(password), {
        ...(keepSessions && { keepSessions }),
        keepEarlier: earlierToKeep(configuration.passwords),
        mustChange: mustChange || configuration.passwords.changeAfterReset,
      });
      process.stdout.write(`Account ${name} has a new password\n${shown}`);
    });
  });
}

interface PasswdFlags extends SessionsKept {
  readonly passwordStdin?: true;
  readonly generate?: true;
  readonly mustChange?: true;
}

/** Of the present password and of those before, the newest first. */
async function hashesOf(accounts: AccountStore, name: string): Promise<readonly string[]> {
  const present = (await accounts.find(name))?.passwordHash ?? '';
  const earlier = await accounts.earlierPasswordHashes(name);
  return present === '' ? earlier : [present, ...earlier];
}

/** `lockport user unlock` */
export function unlock(): Command {
  return simple('unlock', 'lift the lock of an account after too many wrong passwords', async (accounts, name) => {
    await accounts.setLock(name, undefined);
    return `Account ${name} is not locked`;
  });
}

/** `lockport user enable` */
export function enable(): Command {
  return simple('enable', 'let an account sign in again', async (accounts, name) => {
    await accounts.update(name, { disabled: false });
    return `Account ${name} is enabled`;
  });
}

/** `lockport user disable` */
export function disable(): Command {
  const command = simple(
    'disable',
    'let an account sign in no more; sessions that are open end',
    async (accounts, name) => {
      await accounts.update(name, { disabled: true }, command.opts<SessionsKept>());
      return `Account ${name} is disabled`;
    },
  );
  return command.addOption(keepSessionsOption());
}

/** `lockport user remove` */
export function remove(): Command {
  const summary = 'remove an account; its files stay, open sessions end';
  const command = simple('remove', summary, async (accounts, name) => {
    await accounts.remove(name, command.opts<SessionsKept>());
    return `Account ${name} is removed; its files are still there`;
  });
  return command.addOption(keepSessionsOption());
}

function simple(
  verb: string,
  summary: string,
  work: (accounts: AccountStore, name: string) => Promise<string>,
): Command {
  const command = new Command(verb).description(summary).argument('<name>');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts) => {
      await findOwn(accounts, name);
      process.stdout.write(`${await work(accounts, name)}\n`);
    });
  });
}

import process from 'node:process';
import { Command } from 'commander';
import type { Accounts } from '../../../database/index.ts';
import { hashPassword } from '../../../identity/index.ts';
import { addPlace, find, withAccounts } from '../../accounts.ts';
import { readNewPassword } from '../../password-input.ts';

/** `lockport user passwd` */
export function passwd(): Command {
  const command = new Command('passwd')
    .description('set a new password')
    .argument('<name>')
    .option('--password-stdin', 'take it from standard input');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts) => {
      find(accounts, name);
      const password = await readNewPassword(command.opts().passwordStdin === true, process);
      accounts.setPasswordHash(name, await hashPassword(password));
      process.stdout.write(`Account ${name} has a new password\n`);
    });
  });
}

/** `lockport user enable` */
export function enable(): Command {
  return simple('enable', 'let an account sign in again', (accounts, name) => {
    accounts.update(name, { disabled: false });
    return `Account ${name} is enabled`;
  });
}

/** `lockport user disable` */
export function disable(): Command {
  return simple('disable', 'let an account sign in no more; sessions that are open go on', (accounts, name) => {
    accounts.update(name, { disabled: true });
    return `Account ${name} is disabled`;
  });
}

/** `lockport user remove` */
export function remove(): Command {
  return simple('remove', 'remove an account; its files stay', (accounts, name) => {
    accounts.remove(name);
    return `Account ${name} is removed; its files are still there`;
  });
}

function simple(verb: string, summary: string, work: (accounts: Accounts, name: string) => string): Command {
  const command = new Command(verb).description(summary).argument('<name>');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, (accounts) => {
      find(accounts, name);
      process.stdout.write(`${work(accounts, name)}\n`);
    });
  });
}

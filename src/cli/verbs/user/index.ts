import { Command } from 'commander';
import { add, set } from './change.ts';
import { key } from './key.ts';
import { disable, enable, passwd, remove, unlock } from './manage.ts';
import { recount } from './recount.ts';
import { list, show } from './show.ts';
import { totp } from './totp.ts';

/** `lockport user`; all of it works while the server runs. */
export function user(): Command {
  const command = new Command('user').description('the accounts');
  for (const verb of [add, set, passwd, key, totp, unlock, list, show, recount, enable, disable, remove])
    command.addCommand(verb());
  return command;
}

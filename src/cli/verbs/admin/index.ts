import { Command } from 'commander';
import { add, list, password, remove, set, totp } from './manage.ts';
import { token } from './token.ts';

/** `lockport admin`; all of it works while the server runs. */
export function admin(): Command {
  const command = new Command('admin').description('who administers the server over its HTTP API');
  for (const verb of [add, list, set, remove, password, totp, token]) command.addCommand(verb());
  return command;
}

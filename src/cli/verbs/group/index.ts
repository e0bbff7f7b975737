import { Command } from 'commander';
import { add, set } from './change.ts';
import { remove } from './remove.ts';
import { list, show } from './show.ts';

/** `lockport group`; all of it works while the server runs. */
export function group(): Command {
  const command = new Command('group').description('groups, from which accounts inherit');
  for (const verb of [add, set, list, show, remove]) command.addCommand(verb());
  return command;
}

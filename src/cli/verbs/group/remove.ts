import process from 'node:process';
import { Command } from 'commander';
import { AccountStoreError } from '../../../core/index.ts';
import { addPlace, withAccounts } from '../../accounts.ts';
import { UsageError } from '../../usage-error.ts';

/** `lockport group remove` */
export function remove(): Command {
  const command = new Command('remove').description('remove a group that no account is in').argument('<name>');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async ({ groups }) => {
      try {
        await groups.remove(name);
      } catch (error) {
        throw withWayOut(error, name);
      }
      process.stdout.write(`Group ${name} is removed\n`);
    });
  });
}

function withWayOut(error: unknown, name: string): unknown {
  if (!(error instanceof AccountStoreError)) return error;
  const wayOut =
    error.code === 'group-in-use'
      ? `"lockport user list --group ${name}" shows them, and "lockport user set NAME --group none" takes one out`
      : '"lockport group list" shows the groups';
  return new UsageError(`${error.message}; ${wayOut}`, { cause: error });
}

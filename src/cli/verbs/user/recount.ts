import process from 'node:process';
import { Command } from 'commander';
import { recount as countAgain } from '../../../service/index.ts';
import { addPlace, find, withAccounts } from '../../accounts.ts';
import { formatBytes } from '../../quantity.ts';

/** `lockport user recount` */
export function recount(): Command {
  const command = new Command('recount')
    .description('count what is in the home of an account, and make the server count its quota again')
    .argument('<name>');
  return addPlace(command).action(async (name: string) => {
    await withAccounts(command, async (accounts, configuration, database) => {
      const { account } = await find(accounts, name);
      const { bytes, files } = await countAgain(configuration, database, account);
      process.stdout.write(`In ${account.home}: ${files} ${files === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}\n`);
      process.stdout.write('A server that runs counts anew at the next login, or before it refuses an upload\n');
    });
  });
}

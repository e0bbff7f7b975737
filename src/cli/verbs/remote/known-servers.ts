import process from 'node:process';
import { Command } from 'commander';
import { fileOfKnownServers } from '../../../client/index.ts';
import { userFiles } from '../../remote/user-files.ts';
import { formatTable } from '../../table.ts';
import { UsageError } from '../../usage-error.ts';

/** `lockport known-servers` */
export function knownServers(): Command {
  return new Command('known-servers')
    .description('the keys that --trust-on-first-use remembers')
    .addCommand(list())
    .addCommand(forget());
}

function list(): Command {
  const command = new Command('list').description('list them').option('--json', 'print one JSON object a line');
  return command.action(async () => {
    const known = await fileOfKnownServers(userFiles().knownServers).list();
    const text = command.opts().json
      ? known.map((one) => `${JSON.stringify(one)}\n`).join('')
      : formatTable(known.map(({ server, pin, since = '' }) => [server, pin, since]));
    process.stdout.write(text);
  });
}

function forget(): Command {
  return new Command('forget')
    .description('forget the key of a server, so that it is unknown again')
    .argument('<host:port>', 'as "known-servers list" shows it')
    .action(async (server: string) => {
      const isForgotten = await fileOfKnownServers(userFiles().knownServers).forget(server);
      if (!isForgotten)
        throw new UsageError(`No key of ${server} is remembered; "lockport known-servers list" shows those that are`);
    });
}

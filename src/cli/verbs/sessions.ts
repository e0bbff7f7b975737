import { Command } from 'commander';
import { addServer, withRunningServer } from '../operator/running-server.ts';
import { addWatch, show } from '../operator/shown.ts';
import { sessionLines } from '../operator/texts.ts';

/** `lockport sessions` */
export function sessions(): Command {
  const command = addWatch(
    new Command('sessions').description('who is connected: since when, from where, over what, and what moves how fast'),
  );
  return addServer(command).action(() =>
    withRunningServer(command, (server, interruption) =>
      show(command, interruption, () => server.call('sessions', {}), sessionLines),
    ),
  );
}

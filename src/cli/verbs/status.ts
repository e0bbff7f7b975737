import { Command } from 'commander';
import { addServer, withRunningServer } from '../operator/running-server.ts';
import { addWatch, show } from '../operator/shown.ts';
import { statusLines } from '../operator/texts.ts';

/** `lockport status` */
export function status(): Command {
  const command = addWatch(new Command('status').description('how the server that runs is, and what needs attention'));
  return addServer(command).action(() =>
    withRunningServer(command, (server, interruption) =>
      show(command, interruption, () => server.call('status', {}), statusLines),
    ),
  );
}

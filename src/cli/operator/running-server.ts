import type { Command } from 'commander';
import { ControlClient, operatorName } from '../../service/index.ts';
import { commandLine } from '../command-line.ts';
import { Interruption } from '../remote/interruption.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';
import { packageVersion } from '../version-line.ts';

const SETTINGS = ['dataDir'];

/** The flags that say which server of this machine is meant. */
export function addServer(command: Command): Command {
  return addSettings(command, SETTINGS);
}

/** Works with the server that runs on the data directory of the flags. Ctrl-C breaks it off. @throws ControlError */
export async function withRunningServer(
  command: Command,
  work: (server: ControlClient, interruption: Interruption) => Promise<void>,
): Promise<void> {
  const { configuration } = await loadWithFlags(command, SETTINGS);
  using interruption = new Interruption();
  try {
    using server = await ControlClient.connect({
      dataDir: configuration.dataDir,
      version: packageVersion(),
      howToServe: commandLine('serve', command),
      operator: operatorName(),
      signal: interruption.signal,
    });
    await work(server, interruption);
  } catch (error) {
    throw interruption.reason ?? error;
  }
}

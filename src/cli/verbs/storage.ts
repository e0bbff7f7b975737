import process from 'node:process';
import { Command } from 'commander';
import { checkStorage } from '../../service/index.ts';
import { LocalError } from '../local-error.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';

const SETTINGS = ['dataDir', 'root'];

/** `lockport storage` */
export function storage(): Command {
  return new Command('storage').description('the storages of the configuration').addCommand(check());
}

function check(): Command {
  const command = new Command('check')
    .description('try what an S3 storage needs of its service, in a folder that goes afterwards')
    .argument('<storage>')
    .option('--json', 'as JSON');
  return addSettings(command, SETTINGS).action(async (name: string) => {
    const { configuration } = await loadWithFlags(command, SETTINGS);
    let isUsable = true;
    for await (const ability of checkStorage(configuration, name)) {
      const { name: what, isThere, isNeeded, detail } = ability;
      if (isNeeded && !isThere) isUsable = false;
      const line = `${isThere ? 'yes' : 'no '}  ${what}${detail === undefined ? '' : `: ${detail}`}`;
      process.stdout.write(`${command.opts().json ? JSON.stringify(ability) : line}\n`);
    }
    if (!isUsable) throw new LocalError(`The service of the storage ${name} lacks what every use needs`);
  });
}

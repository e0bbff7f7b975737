import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../core/index.ts';
import { rotateKeys } from '../../service/index.ts';
import { LocalError } from '../local-error.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';

const SETTINGS = ['dataDir', 'root'];

/** `lockport keys` */
export function keys(): Command {
  return new Command('keys').description('the keys of encrypted storages').addCommand(rotate());
}

function rotate(): Command {
  const command = new Command('rotate')
    .description('let the first key of an encrypted storage alone open all of its files; no data are rewritten')
    .argument('<storage>');
  return addSettings(command, SETTINGS).action(async (name: string) => {
    const { configuration } = await loadWithFlags(command, SETTINGS);
    const counts = { rewrapped: 0, current: 0, failed: 0 };
    for await (const { path, outcome, error } of rotateKeys(configuration, name)) {
      counts[outcome] += 1;
      if (error) process.stderr.write(`lockport: ${printable(path)}: ${printable(whyOf(error))}\n`);
    }
    process.stdout.write(
      `${counts.rewrapped} rewrapped, ${counts.current} had the key already, ${counts.failed} failed\n`,
    );
    if (counts.failed > 0) throw new LocalError('Keep the former keys: they may be needed for the files that failed');
  });
}

function whyOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

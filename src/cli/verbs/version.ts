import process from 'node:process';
import { Command } from 'commander';
import { versionLine } from '../version-line.ts';

/** `lockport version` */
export function version(): Command {
  return new Command('version').description('print the version').action(() => {
    process.stdout.write(`${versionLine()}\n`);
  });
}

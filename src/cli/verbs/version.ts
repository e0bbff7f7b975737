import process from 'node:process';
import { Command } from 'commander';

/** `lockport version` */
export function version(): Command {
  return new Command('version').description('print the version').action((_options, { parent }: Command) => {
    process.stdout.write(`${parent?.version()}\n`);
  });
}

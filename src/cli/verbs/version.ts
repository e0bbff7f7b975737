import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Command } from 'commander';
import { z } from 'zod';

/** `lockport version` */
export function version(): Command {
  return new Command('version').description('print the version').action(() => {
    process.stdout.write(`${versionLine()}\n`);
  });
}

/** `lockport 1.2.3 (Node v24.0.0)` */
export function versionLine(): string {
  return `lockport ${packageVersion()} (Node ${process.version})`;
}

/** The package lies three levels above this file, in the source as in the build. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

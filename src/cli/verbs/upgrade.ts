import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../core/index.ts';
import { checkUpgrade, goBack, StartError, type UpgradeCheck } from '../../service/index.ts';
import { commandLine } from '../command-line.ts';
import { formatBytes } from '../quantity.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';
import { SERVE_SETTINGS } from './serve.ts';

/** `lockport upgrade` */
export function upgrade(): Command {
  return new Command('upgrade')
    .description('what this version would do with the data of an older one, and the way back')
    .addCommand(check())
    .addCommand(back());
}

function check(): Command {
  const command = new Command('check')
    .description('say what a start of this version would change, and whether there is room for it; changes nothing')
    .option('--json', 'as JSON');
  return addSettings(command, SERVE_SETTINGS).action(async () => {
    const { configuration, warnings } = await loadWithFlags(command, SERVE_SETTINGS);
    const found = checkUpgrade(configuration, commandLine('serve', command));
    const isRoom = found.freeBytes >= found.neededBytes;
    const { json = false } = command.opts<{ json?: true }>();
    const report = { ...found, isRoom, settings: warnings };
    process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : textOf(found, warnings));
    if (!isRoom) {
      const needed = formatBytes(found.neededBytes);
      throw new StartError(
        `There is no room for a copy of the database: ${needed} are needed in ${configuration.dataDir}`,
      );
    }
  });
}

function textOf({ found, known, neededBytes, freeBytes, copies }: UpgradeCheck, warnings: readonly string[]): string {
  const lines = [
    schemaLine(found, known),
    ...(found !== undefined && found < known
      ? [
          `Before that, a copy is kept beside it, with keys and the configuration: ${formatBytes(neededBytes)} are needed, ${formatBytes(freeBytes)} are free`,
        ]
      : []),
    ...warnings.map((warning) => `Setting: ${printable(warning)}`),
    ...copies.map(({ file, schema }) => `Copy of schema ${schema}: ${printable(path.basename(file))}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function schemaLine(found: number | undefined, known: number): string {
  if (found === undefined) return 'There is no data yet: nothing to bring up to date';
  if (found === known) return `The database has schema ${found}, as this version: nothing is to be brought up to date`;
  return `The database has schema ${found}, and a start brings it to ${known}; an older version can't read it then`;
}

function back(): Command {
  const command = new Command('back')
    .description('put the database that an upgrade has kept back in place, for the older version; no server may run')
    .argument('[copy]', 'its file (default: the newest of an older version)')
    .option('--force', 'give up what was changed since');
  return addSettings(command, SERVE_SETTINGS).action(async (copy: string | undefined) => {
    const { configuration } = await loadWithFlags(command, SERVE_SETTINGS);
    const { force = false } = command.opts<{ force?: true }>();
    const gone = goBack(configuration, commandLine('serve', command), { copy, isForced: force });
    const lost = gone.lost.map((each) => `Given up: ${printable(each)}\n`).join('');
    process.stdout.write(
      `${lost}The database has schema ${gone.copy.schema} again; the newer one is kept in ${gone.kept}\nNow start the version of before: this one would bring it up to date again\n`,
    );
  });
}

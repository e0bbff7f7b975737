import { Command } from 'commander';
import type { ShownHold } from '../../service/index.ts';
import { formatMoment } from '../field-texts.ts';
import { addServer, withRunningServer } from '../operator/running-server.ts';
import { print } from '../operator/shown.ts';
import { formatTable } from '../table.ts';

/** `lockport hold` */
export function hold(): Command {
  const command = new Command('hold').description(
    'legal holds: nothing at a path or below it is changed or removed, by nobody, until the hold is lifted',
  );
  for (const verb of [list, set, lift]) command.addCommand(verb());
  return command;
}

interface Answer {
  readonly holds: readonly ShownHold[];
}

function list(): Command {
  const command = new Command('list')
    .description('list the holds of what an account sees')
    .argument('<account>')
    .option('--json', 'as JSON');
  return addServer(command).action((account: string) =>
    withRunningServer(command, async (server, { signal }) => {
      const answer: Answer = await server.call('holds', { account });
      await print(linesOf(command, answer, holdLines(answer.holds)), signal);
    }),
  );
}

function set(): Command {
  const command = new Command('set')
    .description('hold a file, or a directory and all below it')
    .argument('<account>')
    .argument('<path>', 'as the account sees it; the hold is for all accounts that reach the same files')
    .requiredOption('--reason <text>', 'for operators; no client is told')
    .option('--json', 'as JSON');
  return addServer(command).action((account: string, path: string) =>
    withRunningServer(command, async (server, { signal }) => {
      const { reason } = command.opts<{ readonly reason: string }>();
      const answer: Answer = await server.call('setHold', { account, path, reason });
      await print(linesOf(command, answer, [`${path} is held until somebody lifts it`]), signal);
    }),
  );
}

function lift(): Command {
  const command = new Command('lift')
    .description('lift the hold of a path')
    .argument('<account>')
    .argument('<path>', 'as "lockport hold list" names it')
    .option('--json', 'as JSON');
  return addServer(command).action((account: string, path: string) =>
    withRunningServer(command, async (server, { signal }) => {
      const answer: Answer = await server.call('liftHold', { account, path });
      await print(linesOf(command, answer, [`The hold of ${path} is lifted`]), signal);
    }),
  );
}

function linesOf(command: Command, answer: Answer, lines: readonly string[]): readonly string[] {
  return command.opts<{ readonly json?: true }>().json ? [JSON.stringify(answer, undefined, 2)] : lines;
}

function holdLines(holds: readonly ShownHold[]): readonly string[] {
  if (holds.length === 0) return ['Nothing is held'];
  const rows = holds.map(({ since, by, path, reason }) => [formatMoment(new Date(since)), by, path, reason]);
  return formatTable([['SINCE (UTC)', 'BY', 'PATH', 'REASON'], ...rows])
    .trimEnd()
    .split('\n');
}

import { Command } from 'commander';
import type { ShownKeptFile, TrashOutcome } from '../../service/index.ts';
import { Ended } from '../ended.ts';
import { addServer, withRunningServer } from '../operator/running-server.ts';
import { print } from '../operator/shown.ts';
import { keptLines, outcomeLines } from '../operator/trash-texts.ts';
import { UsageError } from '../usage-error.ts';
import { timeOf } from './audit/query.ts';

/** `lockport trash` */
export function trash(): Command {
  const command = new Command('trash').description(
    'files that were removed or replaced, and are kept; "lockport restore" is for backups of the server',
  );
  for (const verb of [list, restore, purge]) command.addCommand(verb());
  return command;
}

interface Answer {
  readonly files: readonly TrashOutcome[];
}

interface TrashFlags {
  readonly id?: string;
  readonly at?: string;
  readonly as?: string;
  readonly all?: true;
  readonly json?: true;
}

function list(): Command {
  const command = new Command('list')
    .description('list what is kept of the files of an account, the latest first')
    .argument('<account>')
    .argument('[path]', 'of a file or a directory, as the account sees it')
    .option('--json', 'as JSON');
  return addServer(command).action((account: string, path: string | undefined) =>
    withRunningServer(command, async (server, { signal }) => {
      const answer: { readonly files: readonly ShownKeptFile[] } = await server.call('trash', {
        account,
        ...(path !== undefined && { path }),
      });
      const { json } = command.opts<TrashFlags>();
      await print(json ? [JSON.stringify(answer, undefined, 2)] : keptLines(answer.files), signal);
    }),
  );
}

function restore(): Command {
  const command = new Command('restore')
    .description('give a file, or all files of a directory, their names again; what stands there is never replaced')
    .argument('<account>')
    .argument('<path>', 'of a file or a directory, as the account sees it')
    .option('--at <time>', 'each file as it was then: 2026-11-30T12:00Z, or an age such as 90m, 24h, 7d')
    .option('--id <id>', 'one version, as "lockport trash list --json" names it')
    .option('--as <path>', 'where it goes, in place of its own path')
    .option('--json', 'as JSON');
  return addServer(command).action((account: string, path: string) => {
    const { at, id, as: to, json } = command.opts<TrashFlags>();
    if (at !== undefined && id !== undefined) throw new UsageError('Give --at or --id, not both');
    const request = {
      account,
      path,
      ...(at !== undefined && { at: timeOf('--at', at) }),
      ...(id !== undefined && { id }),
      ...(to !== undefined && { to }),
    };
    return withRunningServer(command, async (server, { signal }) => {
      const answer: Answer = await server.call('restoreTrash', request);
      await print(json ? [JSON.stringify(answer, undefined, 2)] : outcomeLines(answer.files, 'restored'), signal);
      failIfAny(answer.files);
    });
  });
}

function purge(): Command {
  const command = new Command('purge')
    .description('remove for good what is kept of a file or of a directory')
    .argument('<account>')
    .argument('[path]', 'of a file or a directory, as the account sees it')
    .option('--id <id>', 'one version, as "lockport trash list --json" names it')
    .option('--all', 'of all that is kept of the account')
    .option('--json', 'as JSON');
  return addServer(command).action((account: string, path: string | undefined) => {
    const { id, all = false, json } = command.opts<TrashFlags>();
    if ((path === undefined) !== all) throw new UsageError('Name a path, or --all');
    const request = { account, ...(path !== undefined && { path }), ...(id !== undefined && { id }) };
    return withRunningServer(command, async (server, { signal }) => {
      const answer: Answer = await server.call('purgeTrash', request);
      await print(json ? [JSON.stringify(answer, undefined, 2)] : outcomeLines(answer.files, 'removed'), signal);
      failIfAny(answer.files);
    });
  });
}

/** @throws Ended */
function failIfAny(files: readonly TrashOutcome[]): void {
  if (files.some(({ failed }) => failed !== undefined)) throw new Ended('partly');
}

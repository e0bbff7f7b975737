import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { printable } from '../../core/index.ts';
import { type ShownRule, tryRules } from '../../service/index.ts';
import { localError } from '../local-error.ts';
import { ruleLines, trialLines } from '../operator/rule-texts.ts';
import { addServer, withRunningServer } from '../operator/running-server.ts';
import { print } from '../operator/shown.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';
import { UsageError } from '../usage-error.ts';
import { timeOf } from './audit/query.ts';

const SETTINGS = ['dataDir'];

/** `lockport rules` */
export function rules(): Command {
  const command = new Command('rules').description('what is done when something happens, and what has failed');
  for (const verb of [list, test, retry, replay]) command.addCommand(verb());
  return command;
}

function list(): Command {
  const command = new Command('list')
    .description('list the rules of the server that runs; of one, its latest deliveries and its dead letters, too')
    .argument('[rule]')
    .option('--json', 'as JSON');
  return addServer(command).action((rule: string | undefined) =>
    withRunningServer(command, async (server, { signal }) => {
      const answer: { readonly rules: readonly ShownRule[] } = await server.call('rules', { ...(rule && { rule }) });
      await print(command.opts().json ? [JSON.stringify(answer, undefined, 2)] : ruleLines(answer.rules), signal);
    }),
  );
}

function test(): Command {
  const command = new Command('test')
    .description('show what the rules of the configuration would do with an event, and do none of it')
    .argument('<file>', 'an event as JSON: {"kind": "uploaded", "account": "alice", "path": "/in/a", "bytes": 5}')
    .option('--json', 'as JSON');
  return addSettings(command, SETTINGS).action(async (file: string) => {
    const { configuration } = await loadWithFlags(command, SETTINGS);
    const trials = await tryRules(configuration, await eventIn(file)).catch((error: unknown) => {
      if (error instanceof z.ZodError) throw new UsageError(`${printable(file)}: ${z.prettifyError(error)}`);
      throw error;
    });
    await print(command.opts().json ? [JSON.stringify(trials, undefined, 2)] : trialLines(trials));
  });
}

function retry(): Command {
  const command = new Command('retry')
    .description('try dead letters of a rule again')
    .argument('<rule>')
    .argument('[event]', 'the id of one; without it, all')
    .option('--json', 'as JSON');
  return addServer(command).action((rule: string, event: string | undefined) =>
    withRunningServer(command, async (server, { signal }) => {
      const answer = await server.call('retryDeadLetters', { rule, ...(event !== undefined && { event }) });
      const lines = [`${answer.retried} events are tried again, ${answer.left} dead letters are left`];
      await print(command.opts().json ? [JSON.stringify(answer, undefined, 2)] : lines, signal);
    }),
  );
}

function replay(): Command {
  const command = new Command('replay')
    .description('let a rule act once more on what happened; events keep their ids')
    .argument('<rule>')
    .requiredOption('--since <time>', 'from then on: 2026-11-30, 2026-11-30T12:00Z, or an age such as 90m, 24h, 7d')
    .option('--until <time>', 'up to then')
    .option('--json', 'as JSON');
  return addServer(command).action((rule: string) => {
    const { since, until } = command.opts<{ readonly since: string; readonly until?: string }>();
    const time = {
      since: timeOf('--since', since),
      ...(until !== undefined && { until: timeOf('--until', until) }),
    };
    return withRunningServer(command, async (server, { signal }) => {
      const answer = await server.call('replayRule', { rule, ...time });
      const lines = [`${answer.replayed} events are acted on once more`];
      await print(command.opts().json ? [JSON.stringify(answer, undefined, 2)] : lines, signal);
    });
  });
}

/** @throws UsageError */
async function eventIn(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${localError(printable(file), error).message}: ${WANTED}`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${printable(file)}: is no JSON: ${WANTED}`);
  }
}

const WANTED =
  'name a file with an event, such as {"kind": "uploaded", "account": "alice", "path": "/in/a", "bytes": 5}';

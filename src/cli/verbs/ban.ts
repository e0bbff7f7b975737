import { Command } from 'commander';
import { printable } from '../../core/index.ts';
import { parseMoment } from '../field-texts.ts';
import { addServer, withRunningServer } from '../operator/running-server.ts';
import { print } from '../operator/shown.ts';
import { banLines, endedLines } from '../operator/texts.ts';
import { parseDuration } from '../quantity.ts';
import { UsageError } from '../usage-error.ts';

/** `lockport ban` */
export function ban(): Command {
  const command = new Command('ban').description('networks from which nobody may connect');
  for (const verb of [list, add, lift]) command.addCommand(verb());
  return command;
}

function list(): Command {
  const command = new Command('list')
    .description('list the bans, by operators and by failed logins')
    .option('--json', 'as JSON');
  return addServer(command).action(() =>
    withRunningServer(command, async (server, { signal }) => {
      const answer = await server.call('bans', {});
      await print(command.opts().json ? [JSON.stringify(answer, undefined, 2)] : banLines(answer.bans), signal);
    }),
  );
}

interface AddFlags {
  readonly for?: string;
  readonly until?: string;
  readonly reason: string;
  readonly force?: true;
  readonly json?: true;
}

function add(): Command {
  const command = new Command('add')
    .description('ban an address or a network, and end its sessions; it holds until it is lifted, and over restarts')
    .argument('<network>', 'such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32')
    .requiredOption('--reason <text>', 'for operators; no client is told')
    .option('--for <duration>', 'such as 30m, 12h, 7d or 4w')
    .option('--until <date>', 'such as 2030-12-31 or 2030-12-31T18:00:00Z')
    .option('--force', 'although the network is very wide')
    .option('--json', 'as JSON');
  return addServer(command).action((network: string) => {
    const { reason, force, json, ...end } = command.opts<AddFlags>();
    const until = endOf(end)?.toISOString() ?? null;
    return withRunningServer(command, async (server, { signal }) => {
      const answer = await server.call('addBan', { network, until, reason, ...(force && { force }) });
      const ends = answer.ban.until === null ? 'until it is lifted' : `until ${answer.ban.until}`;
      const lines = [`${answer.ban.network} is banned ${ends}`, ...endedLines(answer.sessions)];
      await print(json ? [JSON.stringify(answer, undefined, 2)] : lines, signal);
    });
  });
}

function lift(): Command {
  const command = new Command('lift')
    .description('lift the ban of an address or a network')
    .argument('<network>', 'as "lockport ban list" names it')
    .option('--json', 'as JSON');
  return addServer(command).action((network: string) =>
    withRunningServer(command, async (server, { signal }) => {
      const answer = await server.call('liftBan', { network });
      const lines = answer.lifted.map((ban) => `The ban of ${ban.network} is lifted`);
      await print(command.opts().json ? [JSON.stringify(answer, undefined, 2)] : lines, signal);
    }),
  );
}

/** Undefined: none. @throws UsageError */
function endOf({ for: length, until }: Pick<AddFlags, 'for' | 'until'>): Date | undefined {
  if (length !== undefined && until !== undefined) throw new UsageError('Give --for or --until, not both');
  if (length !== undefined) {
    const ms = parseDuration(length);
    if (ms !== undefined) return new Date(Date.now() + ms);
    throw new UsageError(`--for: expected a duration such as 30m, 12h or 7d, got "${printable(length)}"`);
  }
  const moment = until === undefined ? undefined : parseMoment(until);
  if (until !== undefined && moment === undefined) {
    throw new UsageError(`--until: expected a date such as 2030-12-31, got "${printable(until)}"`);
  }
  return moment;
}

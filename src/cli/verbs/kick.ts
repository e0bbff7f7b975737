import { Command } from 'commander';
import type { EndedSession } from '../../service/index.ts';
import { addServer, withRunningServer } from '../operator/running-server.ts';
import { print } from '../operator/shown.ts';
import { endedLines } from '../operator/texts.ts';
import { UsageError } from '../usage-error.ts';

interface KickFlags {
  readonly account?: string;
  readonly all?: true;
  readonly reason?: string;
  readonly json?: true;
}

/** `lockport kick` */
export function kick(): Command {
  const command = new Command('kick')
    .description('end sessions at once; an upload that is under way is kept for resuming')
    .argument('[session...]', 'as "lockport sessions" names them')
    .option('--account <name>', 'every session of this account')
    .option('--all', 'every session')
    .option('--reason <text>', 'what the client is told in its 421, and the log')
    .option('--json', 'as JSON');
  return addServer(command).action(async (names: readonly string[]) => {
    const { account, all, reason, json } = command.opts<KickFlags>();
    const selections = [
      ...names.map((session) => ({ session })),
      ...(account === undefined ? [] : [{ account }]),
      ...(all ? [{ all }] : []),
    ];
    const isOneKind = [names.length > 0, account !== undefined, all === true].filter(Boolean).length === 1;
    if (!isOneKind) throw new UsageError('Name the sessions to end, or --account NAME, or --all');
    await withRunningServer(command, async (server, { signal }) => {
      const ended: EndedSession[] = [];
      for (const which of selections) {
        const { sessions } = await server.call('endSessions', { which, ...(reason !== undefined && { reason }) });
        ended.push(...sessions);
      }
      const none = account === undefined ? 'No session is open' : `No session of ${account} is open`;
      const lines = ended.length === 0 ? [none] : endedLines(ended);
      await print(json ? [JSON.stringify({ sessions: ended }, undefined, 2)] : lines, signal);
    });
  });
}

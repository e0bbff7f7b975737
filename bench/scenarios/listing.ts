import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startLoad } from '../load/load.ts';
import type { Measurement, Scenario } from '../scenario.ts';
import { lockport, rivals } from '../servers/contestants.ts';
import { onServers, type Running } from './on-servers.ts';

const commands = ['MLSD', 'LIST'] as const;
const directory = 'many';

export const listing: Scenario = {
  name: 'listing',
  title: 'Listing of 100,000 entries',
  about:
    'LIST, and MLSD if the server supports it (vsftpd and ftp-srv do not). The figures are the time from the ' +
    'command to the first and to the last bytes, and the peak of the server’s resident memory (RSS) above its ' +
    'value with one session and no listing.',
  kind: 'server',
  prepare: ({ isQuick }) =>
    onServers([lockport, ...rivals], async (running) => {
      const count = isQuick ? 10_000 : 100_000;
      await makeEntries(running, count);
      const restingKiB = await restingMemory(running);
      const known = commands.filter(
        (command) => command === 'LIST' || !['vsftpd', 'ftp-srv'].includes(running.server.name),
      );
      return async () => {
        const measured: Measurement[] = [];
        for (const command of known) measured.push(...(await list(running, command, count, restingKiB)));
        return measured;
      };
    }),
};

/** Empty files: what is in them does not matter to a listing. */
async function makeEntries({ server }: Running, count: number): Promise<void> {
  const path = join(server.root, directory);
  await mkdir(path);
  execFileSync('/bin/sh', ['-c', `seq -f 'report-%06.0f.txt' 1 ${count} | xargs touch`], { cwd: path });
  await server.handOver();
}

async function restingMemory({ server, processes }: Running): Promise<number> {
  await using _session = await startLoad({ kind: 'listing', command: 'LIST' }, server);
  await processes.resetPeak();
  return await processes.peakKiB();
}

async function list(
  { server, processes }: Running,
  command: (typeof commands)[number],
  count: number,
  restingKiB: number,
): Promise<readonly Measurement[]> {
  await using load = await startLoad({ kind: 'listing', command: `${command} ${directory}` }, server);
  await processes.resetPeak();
  const { seconds, firstMs, lines = 0 } = await load.begin();
  const peakMiB = ((await processes.peakKiB()) - restingKiB) / 1024;
  // Some begin with a total, or with the directory itself and its parent.
  if (lines < count || firstMs === undefined) throw new Error(`${command} gave ${lines} lines of ${count}`);
  return [
    { metric: `${command}: first entry`, unit: 'ms', better: 'lower', value: firstMs },
    { metric: `${command}: all entries`, unit: 's', better: 'lower', value: seconds },
    { metric: `${command}: peak memory`, unit: 'MiB', better: 'lower', value: peakMiB },
  ];
}

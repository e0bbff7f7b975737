import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { startLoad } from '../load/load.ts';
import type { Direction } from '../load/tasks.ts';
import type { Measurement, Scenario } from '../scenario.ts';
import { lockport, lockportFast, rivals } from '../servers/contestants.ts';
import { onServers, type Running } from './on-servers.ts';

const bytes = 4096;

export const smallFiles: Scenario = {
  name: 'small-files',
  title: '500 files of 4 KiB',
  about:
    'One session moves the files one after the other. Each has a data connection of its own, which resumes the ' +
    'TLS session if the server allows that. pure-ftpd sends no tickets in TLS 1.3, so its data connections ' +
    'make full handshakes. So do those of ftp-srv, which is so slow that it moves only 50 files.',
  kind: 'server',
  prepare: ({ isQuick }) =>
    onServers([lockport, lockportFast, ...rivals], async (running) => {
      // A tenth of a second each, nearly all of it a wait of 50 ms for its own data connection.
      const files = running.server.name === 'ftp-srv' ? 50 : 500;
      const count = isQuick ? files / 5 : files;
      await makeFiles(running, count);
      return async () => [...(await moveFiles(running, 'down', count)), ...(await moveFiles(running, 'up', count))];
    }),
};

/** The files that are to go down. */
export async function makeFiles({ server }: Running, count: number): Promise<void> {
  await mkdir(join(server.root, 'down'));
  const content = randomBytes(bytes);
  for (let index = 0; index < count; index += 1) await writeFile(join(server.root, `down/${index}`), content);
  await server.handOver();
}

/** Moves so many in one session that has signed in. */
export async function moveFiles(
  { server, processes }: Running,
  direction: Direction,
  count: number,
): Promise<readonly Measurement[]> {
  // Uploads go to a new directory each time, and stay: ext4 searches long for room beside what has just been removed.
  const directory = direction === 'down' ? direction : basename(await mkdtemp(join(server.root, direction)));
  await server.handOver();
  await using load = await startLoad({ kind: 'files', direction, prefix: `${directory}/`, count, bytes }, server);
  const before = await processes.cpuS();
  const { seconds } = await load.begin();
  const cpuS = (await processes.cpuS()) - before;
  return [
    { metric: `server CPU ${direction}`, unit: 'CPU-ms/file', better: 'lower', value: (cpuS * 1000) / count },
    { metric: `rate ${direction}`, unit: 'files/s', better: 'higher', value: count / seconds },
  ];
}

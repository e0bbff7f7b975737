import { randomBytes } from 'node:crypto';
import { link, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startLoad } from '../load/load.ts';
import type { Direction } from '../load/tasks.ts';
import type { Bench, Measurement, Scenario } from '../scenario.ts';
import { type Contestant, daemons, lockport, lockportFast, lockportWorkers, rivals } from '../servers/contestants.ts';
import { onServers, type Round, type Running } from './on-servers.ts';

const gibibyte = 2 ** 30;
const file = 'large';

export const download: Scenario = {
  name: 'download',
  title: 'Download of 1 GiB',
  about:
    'RETR of one file of 1 GiB that is in the page cache. The figures are the CPU time of the server’s ' +
    'processes and the duration of the transfer, without the login.',
  kind: 'server',
  prepare: (bench) => prepareStreams(bench, [lockport, ...rivals], ['down'], 1, gibibyte),
};

export const upload: Scenario = {
  name: 'upload',
  title: 'Upload of 1 GiB',
  about:
    'STOR of 1 GiB, measured like the download. Lockport flushes the file to the disk before it replies. ' +
    'Lockport (fast) leaves that to the system, as all others do.',
  kind: 'server',
  prepare: (bench) => prepareStreams(bench, [lockport, lockportFast, ...rivals], ['up'], 1, gibibyte),
};

/** One at once is what the others are compared with. */
export const parallelStreams: readonly Scenario[] = [1, 2, 8].map((streams) => ({
  name: `parallel-${streams}`,
  title: streams === 1 ? 'One stream' : `${streams} parallel streams`,
  about:
    `${streams === 1 ? 'One session moves 512 MiB' : `${streams} sessions at once, each with a client process of its own, move 512 MiB in all`}: ` +
    'first down, then up.',
  kind: 'server',
  prepare: (bench) =>
    prepareStreams(bench, [lockportFast, lockportWorkers, ...daemons], ['down', 'up'], streams, gibibyte / 2),
}));

async function prepareStreams(
  bench: Bench,
  contestants: readonly Contestant[],
  directions: readonly Direction[],
  streams: number,
  total: number,
) {
  const bytes = (bench.isQuick ? total / 8 : total) / streams;
  const source = join(bench.directory, file);
  await writeRandom(source, bytes);
  return onServers(contestants, async (running) => {
    await link(source, join(running.server.root, file));
    await running.server.handOver();
    return roundOf(running, directions, streams, bytes);
  });
}

function roundOf(running: Running, directions: readonly Direction[], streams: number, bytes: number): Round {
  return async () => {
    const measured: Measurement[] = [];
    for (const direction of directions) measured.push(...(await move(running, direction, streams, bytes)));
    return measured;
  };
}

async function move(
  { server, processes }: Running,
  direction: Direction,
  streams: number,
  bytes: number,
): Promise<readonly Measurement[]> {
  await using loads = new AsyncDisposableStack();
  const paths = Array.from({ length: streams }, (_, index) => (direction === 'down' ? file : `up${index}`));
  const starting = paths.map((path) => startLoad({ kind: 'stream', direction, path, bytes }, server));
  const started = (await Promise.all(starting)).map((load) => loads.use(load));

  const before = await processes.cpuS();
  const startedAt = performance.now();
  await Promise.all(started.map((load) => load.begin()));
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuS = (await processes.cpuS()) - before;

  if (direction === 'up') for (const path of paths) await take(join(server.root, path), bytes);
  const total = streams * bytes;
  return [
    { metric: `server CPU ${direction}`, unit: 'CPU-s/GB', better: 'lower', value: cpuS / (total / 1e9) },
    { metric: `throughput ${direction}`, unit: 'MB/s', better: 'higher', value: total / 1e6 / seconds },
  ];
}

/** An uploaded file goes before the next comes, so that none pays for the removal of its predecessor. */
async function take(path: string, bytes: number): Promise<void> {
  const { size } = await stat(path);
  if (size !== bytes) throw new Error(`${size} bytes arrived of ${bytes}`);
  await rm(path);
}

async function writeRandom(path: string, bytes: number): Promise<void> {
  const piece = randomBytes(2 ** 20);
  await using target = await open(path, 'w');
  for (let left = bytes; left > 0; left -= piece.length) await target.write(piece, 0, Math.min(left, piece.length));
}

import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ForeignServer } from '../../test/interop/servers/foreign-server.ts';
import type { Absence, Bench, Measurement, Subject } from '../scenario.ts';
import type { FtpClient, Job, ServerAccount } from './client.ts';
import { entrantOf } from './entrant.ts';
import { checkWhole, type Material, type Thoroughness } from './material.ts';
import { runMeasured, type Taken } from './run-measured.ts';

export interface Task extends Pick<Job, 'direction' | 'what' | 'connections'> {
  /** MiB of a file, files of a tree. */
  readonly amount: number;
  /** For the clients of others. Default: as many. */
  readonly rivalAmount?: number;
}

/** All that the clients of one scenario share. */
export interface Stage {
  readonly task: Task;
  readonly material: Material;
  readonly servers: readonly ForeignServer[];
  readonly bench: Bench;
}

/** A client as a subject: each round does the task once against each server. The stage outlives it. */
export async function subjectOf(
  client: FtpClient,
  stage: Stage,
): Promise<Omit<Subject, keyof AsyncDisposable> | Absence> {
  const entrant = await entrantOf(client, stage.bench);
  if ('reason' in entrant) return entrant;
  const { name, isOurs, version, home, word } = entrant;
  let thoroughness: Thoroughness = 'bytes';
  let moves = 0;
  return {
    name,
    isOurs,
    version,
    async round() {
      const measurements: Measurement[] = [];
      for (const server of stage.servers) {
        moves += 1;
        const taken = await moveOnce(client, server, stage, { copyName: `${word}-${moves}`, home, thoroughness });
        measurements.push(...measurementsOf(taken, stage, server));
      }
      thoroughness = 'sizes';
      return measurements;
    },
  };
}

interface Move {
  readonly copyName: string;
  readonly home: string;
  readonly thoroughness: Thoroughness;
}

/**
 * A file is removed at once, to save room. Trees stay as long as the scenario: ext4 searches long for room beside what has just
 * been removed, which would be the time of whoever comes next.
 */
async function moveOnce(
  client: FtpClient,
  server: ForeignServer,
  stage: Stage,
  { copyName, home, thoroughness }: Move,
): Promise<Taken> {
  const { task, material, bench } = stage;
  const scratch = join(bench.directory, copyName);
  await mkdir(scratch);
  const isDown = task.direction === 'down';
  const copy = join(isDown ? scratch : server.root, copyName);
  const places = isDown ? { local: copy, remote: basename(material.path) } : { local: material.path, remote: copyName };
  try {
    const { direction, what, connections } = task;
    const job: Job = { direction, what, connections, ...places, files: material.files };
    const taken = await runMeasured(await client.command(job, accountAt(server), scratch), scratch, home);
    await checkWhole(material, copy, thoroughness);
    return taken;
  } finally {
    if (task.what === 'file') await rm(copy, { force: true });
  }
}

function accountAt({ port, user, password, certificateFile }: ForeignServer): ServerAccount {
  return { host: 'localhost', port, user, password, certificateFile };
}

function measurementsOf(
  { wallS, cpuS }: Taken,
  { task, material }: Stage,
  { name }: ForeignServer,
): readonly Measurement[] {
  if (task.what === 'file') {
    const gigabytes = material.bytes / 1e9;
    return [
      { metric: `throughput with ${name}`, unit: 'MB/s', better: 'higher', value: (gigabytes * 1000) / wallS },
      { metric: `client CPU with ${name}`, unit: 'CPU-s/GB', better: 'lower', value: cpuS / gigabytes },
    ];
  }
  const count = material.files.length;
  return [
    { metric: `rate with ${name}`, unit: 'files/s', better: 'higher', value: count / wallS },
    { metric: `client CPU with ${name}`, unit: 'CPU-ms/file', better: 'lower', value: (cpuS * 1000) / count },
  ];
}

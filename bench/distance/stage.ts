import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import { startVsftpd } from '../../test/interop/servers/vsftpd.ts';
import type { FtpClient } from '../clients/client.ts';
import { clients } from '../clients/index.ts';
import { installLockport } from '../clients/installed-lockport.ts';
import { linkMaterial, type Material, makeFile, makeTree } from '../clients/material.ts';
import { subjectOf } from '../clients/subject.ts';
import type { Absence, Bench, Scenario, Subject } from '../scenario.ts';
import { startLockport } from '../servers/lockport.ts';
import { type FarEnd, farAddress } from './link.ts';
import { listingSubject } from './listing-subject.ts';
import type { DistanceTask } from './tasks.ts';

const smallFileBytes = 4096;
const quickPart = 4;

/** One task over one line. The process that runs it is at the far end, with the servers. */
export function distanceScenario(task: DistanceTask, link: FarEnd): Scenario {
  return {
    name: `${task.name}-${link.roundTripMs}`,
    title: `${link.roundTripMs} ms of round trip: ${task.title}`,
    about: task.about,
    kind: 'client',
    isCold: true,
    prepare: (bench) => prepare(task, link, bench),
  };
}

async function prepare(task: DistanceTask, link: FarEnd, bench: Bench): Promise<readonly (Subject | Absence)[]> {
  await using started = new AsyncDisposableStack();
  const lockport = await installLockport(join(bench.directory, 'lockport'));
  const material = await makeMaterial(task, bench);
  const settings = { sessionReuse: false, address: farAddress };
  const servers: readonly ServerProcess[] = [
    started.use(await startVsftpd(settings)),
    started.use(await startLockport({ ...settings, durability: 'fast' })),
  ];
  for (const server of servers) {
    await linkMaterial(material, join(server.root, 'material'));
    await server.handOver();
  }
  const found = await Promise.all(clients(lockport).map((client) => subject(client)));
  const running = started.move();
  let inUse = found.filter((each) => 'round' in each).length;
  const leave = async () => {
    inUse -= 1;
    if (inUse === 0) await running.disposeAsync();
  };
  return found.map((each) => ('round' in each ? { ...each, [Symbol.asyncDispose]: leave } : each));

  function subject(client: FtpClient) {
    const { what } = task;
    if (what === 'listing') return listingSubject(client, { task, link, material, servers, lockport, bench });
    return subjectOf(atNearEnd(client, link), { task: { ...task, what }, material, servers, bench });
  }
}

/** The client at the other end of the line. */
function atNearEnd(client: FtpClient, link: FarEnd): FtpClient {
  return {
    ...client,
    command: async (job, account, scratch) =>
      link.near(await client.command(job, { ...account, host: farAddress }, scratch)),
  };
}

async function makeMaterial(task: DistanceTask, { directory, isQuick }: Bench): Promise<Material> {
  const path = join(directory, 'material');
  const amount = isQuick ? Math.ceil(task.amount / quickPart) : task.amount;
  if (task.what === 'file') return makeFile(path, amount);
  return task.what === 'tree' ? makeTree(path, amount, smallFileBytes) : makeDirectories(path, amount);
}

/** Directories with one empty file each, ten of them in each of those above. */
async function makeDirectories(path: string, count: number): Promise<Material> {
  const directories = Array.from({ length: count }, (_, index) =>
    index < count / 10 ? `d${index}` : `d${index % Math.ceil(count / 10)}/e${index}`,
  );
  for (const directory of directories) {
    await mkdir(join(path, directory), { recursive: true });
    await writeFile(join(path, directory, 'file'), '');
  }
  return { path, files: directories.map((directory) => `${directory}/file`), bytes: 0 };
}

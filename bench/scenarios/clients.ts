import { basename, join } from 'node:path';
import { startVsftpd } from '../../test/interop/servers/vsftpd.ts';
import { aboutTask } from '../clients/about.ts';
import type { FtpClient } from '../clients/client.ts';
import { clients } from '../clients/index.ts';
import { installLockport } from '../clients/installed-lockport.ts';
import { linkMaterial, type Material, makeFile, makeTree } from '../clients/material.ts';
import { subjectOf, type Task } from '../clients/subject.ts';
import type { Absence, Bench, Scenario, Subject } from '../scenario.ts';
import { lockportFast } from '../servers/contestants.ts';

/** `without`: whose rounds would take minutes. */
type NamedTask = Task & Pick<Scenario, 'name' | 'title'> & { readonly without?: readonly Absence[] };

const file = { what: 'file', amount: 1024, connections: 1 } as const;
const tree = { what: 'tree', amount: 500, connections: 4 } as const;
/** Those that pay for each file by itself would take minutes for all of them, and as long for each as with fewer. */
const many = { ...tree, amount: 5000, rivalAmount: 1000 } as const;

const tasks: readonly NamedTask[] = [
  { ...file, name: 'client-download', title: 'Clients: 1 GiB down', direction: 'down' },
  { ...file, name: 'client-upload', title: 'Clients: 1 GiB up', direction: 'up' },
  { ...tree, name: 'client-small-files-down', title: 'Clients: 500 files of 4 KiB down', direction: 'down' },
  { ...tree, name: 'client-small-files-up', title: 'Clients: 500 files of 4 KiB up', direction: 'up' },
  { ...many, name: 'client-many-down', title: 'Clients: 5,000 files of 4 KiB down', direction: 'down' },
  { ...many, name: 'client-many-up', title: 'Clients: 5,000 files of 4 KiB up', direction: 'up' },
  {
    ...tree,
    name: 'client-one-connection',
    title: 'Clients: 100 files of 4 KiB down, one at a time',
    direction: 'down',
    amount: 100,
    connections: 1,
    without: [{ name: 'curl', reason: 'curl 7.88 itself waits a second for one file in ten' }],
  },
];

/** Every client does the same against the same servers, as a process of its own. */
export const clientScenarios: readonly Scenario[] = tasks.map((task) => ({
  name: task.name,
  title: task.title,
  about: aboutTask(task),
  kind: 'client',
  isCold: true,
  prepare: (bench) => prepare(task, bench),
}));

const smallFileBytes = 4096;

async function prepare(task: NamedTask, bench: Bench): Promise<readonly (Subject | Absence)[]> {
  await using started = new AsyncDisposableStack();
  const lockport = await installLockport(join(bench.directory, 'lockport'));
  const { ours, rivals } = await makeMaterials(task, bench);
  const settings = { sessionReuse: false };
  const servers = [started.use(await startVsftpd(settings)), started.use(await lockportFast.start(settings))];
  for (const server of servers) {
    for (const material of new Set([ours, rivals])) {
      await linkMaterial(material, join(server.root, basename(material.path)));
    }
    await server.handOver();
  }
  const absent = task.without ?? [];
  const present = clients(lockport).filter(({ name }) => !absent.some((each) => each.name === name));
  const stageOf = ({ isOurs }: FtpClient) => ({ task, material: isOurs ? ours : rivals, servers, bench });
  const found = await Promise.all(present.map((client) => subjectOf(client, stageOf(client))));
  const running = started.move();
  let inUse = found.filter((each) => 'round' in each).length;
  const leave = async () => {
    inUse -= 1;
    if (inUse === 0) await running.disposeAsync();
  };
  return [...found.map((each) => ('round' in each ? { ...each, [Symbol.asyncDispose]: leave } : each)), ...absent];
}

const quickAmount = 100;

interface Materials {
  readonly ours: Material;
  readonly rivals: Material;
}

async function makeMaterials({ what, amount, rivalAmount }: Task, { directory, isQuick }: Bench): Promise<Materials> {
  const make = (name: string, count: number) => {
    const path = join(directory, name);
    return what === 'file' ? makeFile(path, count) : makeTree(path, count, smallFileBytes);
  };
  const ours = await make('material', isQuick ? quickAmount : amount);
  const isSame = isQuick || rivalAmount === undefined;
  return { ours, rivals: isSame ? ours : await make('fewer', rivalAmount) };
}

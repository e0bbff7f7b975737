import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** USER_HZ, in which /proc counts time: 100 on every Linux. */
const ticksPerSecond = 100;
const settleMs = 5000;
const pollMs = 20;

/** All processes of one server: those in the process group of its leader, and whatever these have started. */
export interface Processes {
  /** CPU seconds so far, user and system, with those of children that have ended and were waited for. */
  cpuS(): Promise<number>;
  /** What they take of the machine's memory (PSS): a page that several share counts once. */
  memoryKiB(): Promise<number>;
  /** What they have resident (RSS), at the most since `resetPeak`. */
  peakKiB(): Promise<number>;
  resetPeak(): Promise<void>;
  count(): Promise<number>;
  /** Waits until no more than `count` are left: a session's process ends after its client has gone. @throws after 5 s */
  settle(count: number): Promise<void>;
}

export function processesOf(leader: number): Processes {
  /** A process may end between two looks at it: then it has no memory, and its parent has its time. */
  const sum = async (figure: (id: number) => Promise<number>) => {
    const figures = (await members(leader)).map(({ id }) => figure(id).catch(() => 0));
    return (await Promise.all(figures)).reduce((total, each) => total + each, 0);
  };
  const count = async () => (await members(leader)).length;

  return {
    count,
    async cpuS() {
      const ended = (await members(leader)).reduce((total, { childTicks }) => total + childTicks, 0);
      return ended / ticksPerSecond + (await sum(runningS));
    },
    memoryKiB: () => sum((id) => kibibytes(id, 'smaps_rollup', 'Pss')),
    peakKiB: () => sum((id) => kibibytes(id, 'status', 'VmHWM')),
    async resetPeak() {
      // 5: the peak becomes what is resident now (proc_pid_clear_refs(5)).
      for (const { id } of await members(leader)) await writeFile(`/proc/${id}/clear_refs`, '5').catch(() => undefined);
    },
    async settle(wanted) {
      const deadline = Date.now() + settleMs;
      while ((await count()) > wanted) {
        if (Date.now() > deadline) throw new Error(`${await count()} processes are left of the server, not ${wanted}`);
        await pause(pollMs);
      }
    },
  };
}

interface ProcessStat {
  readonly id: number;
  readonly parent: number;
  readonly group: number;
  /** cutime + cstime. */
  readonly childTicks: number;
}

async function members(leader: number): Promise<readonly ProcessStat[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(names.map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined)));
  const processes = new Map(
    stats
      .filter((stat) => stat !== undefined)
      .map(parseStat)
      .map((each) => [each.id, each]),
  );
  const belongs = (process: ProcessStat | undefined): boolean =>
    process !== undefined && (process.group === leader || belongs(processes.get(process.parent)));
  return [...processes.values()].filter(belongs);
}

/** A line of /proc/PID/stat. The second field, the name in parentheses, may hold anything, parentheses and spaces too. */
function parseStat(line: string): ProcessStat {
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, group = 0] = fields.slice(1);
  const [childUser = 0, childSystem = 0] = fields.slice(13, 15);
  return { id: Number.parseInt(line, 10), parent, group, childTicks: childUser + childSystem };
}

/**
 * CPU seconds of a process that lives: in nanoseconds and not in ticks, of which a server with a process for each session
 * would lose a part in every one of them.
 */
async function runningS(id: number): Promise<number> {
  const threads = await readdir(`/proc/${id}/task`);
  const texts = threads.map((thread) => readFile(`/proc/${id}/task/${thread}/schedstat`, 'utf8').catch(() => '0'));
  return (await Promise.all(texts)).reduce((total, text) => total + Number.parseInt(text, 10) / 1e9, 0);
}

async function kibibytes(id: number, file: string, field: string): Promise<number> {
  const text = await readFile(`/proc/${id}/${file}`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

import { startLoad } from '../load/load.ts';
import type { Scenario } from '../scenario.ts';
import { lockport, lockportWorkers, rivals, vsftpdWithAccount } from '../servers/contestants.ts';
import { addAccount } from '../servers/lockport.ts';
import { onFreshServers, type Round, type Running } from './on-servers.ts';

const atOnce = 8;
/** Sessions that a server takes beyond those that are counted. */
const spare = 50;

export const idleSessions: Scenario = {
  name: 'idle-sessions',
  title: 'Memory of 1,000 idle sessions',
  about:
    'Signed-in sessions with TLS that do nothing. The figure is how much the memory of the server’s processes ' +
    'grows, divided by the number of sessions. It is measured as PSS: a page that several processes share ' +
    'counts once.',
  kind: 'server',
  isCold: true,
  prepare({ isQuick }) {
    const count = isQuick ? 200 : 1000;
    return onFreshServers(
      [lockport, vsftpdWithAccount, ...rivals],
      (running) => readyForIdle(running, count),
      count + spare,
    );
  },
};

export const twentyThousand: Scenario = {
  name: 'twenty-thousand',
  title: '20,000 idle sessions',
  about:
    'Only Lockport: 20,000 signed-in sessions with TLS in two worker processes, because 20,000 is often the limit of open ' +
    'files of one. All use one account, whose password is hashed once. Then another account signs in for the first time, its password hash included.',
  kind: 'server',
  isCold: true,
  prepare({ isQuick }) {
    const count = isQuick ? 1000 : 20_000;
    return onFreshServers([lockportWorkers], (running) => readyForMany(running, count), count + spare);
  },
};

async function readyForIdle({ server, processes }: Running, count: number): Promise<Round> {
  const idle = await processes.count();
  const before = await processes.memoryKiB();
  return async () => {
    await using load = await startLoad({ kind: 'logins', count, atOnce, stay: true }, server);
    await load.begin();
    const value = ((await processes.memoryKiB()) - before) / count;
    await load[Symbol.asyncDispose]();
    await processes.settle(idle);
    return [{ metric: 'memory', unit: 'KiB/session', better: 'lower', value }];
  };
}

async function readyForMany({ server, processes }: Running, count: number): Promise<Round> {
  const before = await processes.memoryKiB();
  return async () => {
    await using loads = new AsyncDisposableStack();
    const starting = sharesOf(count).map((share) =>
      startLoad({ kind: 'logins', count: share, atOnce, stay: true }, server),
    );
    const started = (await Promise.all(starting)).map((load) => loads.use(load));
    const seconds = Math.max(...(await Promise.all(started.map((load) => load.begin()))).map((each) => each.seconds));
    const memoryKiB = (await processes.memoryKiB()) - before;
    const newcomer = addAccount(server);
    await using oneMore = await startLoad({ kind: 'logins', count: 1, atOnce: 1, stay: true }, newcomer);
    const login = await oneMore.begin();
    return [
      { metric: 'a new login', unit: 'ms', better: 'lower', value: login.seconds * 1000 },
      { metric: 'memory', unit: 'KiB/session', better: 'lower', value: memoryKiB / count },
      { metric: 'rate', unit: 'logins/s', better: 'higher', value: count / seconds },
    ];
  };
}

/** No process has more connections than the usual limit of open files allows. */
function sharesOf(count: number): readonly number[] {
  const most = 10_000;
  return Array.from({ length: Math.ceil(count / most) }, (_, index) => Math.min(most, count - index * most));
}

import { startLoad } from '../load/load.ts';
import type { Scenario } from '../scenario.ts';
import { lockport, rivals, vsftpdWithAccount } from '../servers/contestants.ts';
import { addAccount } from '../servers/lockport.ts';
import { onServers } from './on-servers.ts';

const atOnce = 8;

export const idleSessions: Scenario = {
  name: 'idle-sessions',
  title: 'Memory of 1,000 idle sessions',
  about:
    'Logged-in sessions with TLS that do nothing. What the server’s processes take more than before the first of them, by PSS: a ' +
    'page that several processes share counts once.',
  kind: 'server',
  prepare: ({ isQuick }) =>
    onServers([lockport, vsftpdWithAccount, ...rivals], async ({ server, processes }) => {
      const count = isQuick ? 200 : 1000;
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
    }),
};

export const tenThousand: Scenario = {
  name: 'ten-thousand',
  title: '10,000 idle sessions',
  about:
    'Lockport alone: so many logged-in sessions with TLS in one process, all of one account, whose password is hashed once; then ' +
    'the login of an account that was not there before, its hash included.',
  kind: 'server',
  prepare: ({ isQuick }) =>
    onServers([lockport], async ({ server, processes }) => {
      const count = isQuick ? 1000 : 10_000;
      const before = await processes.memoryKiB();
      return async () => {
        await using load = await startLoad({ kind: 'logins', count, atOnce: 2 * atOnce, stay: true }, server);
        const { seconds } = await load.begin();
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
    }),
};

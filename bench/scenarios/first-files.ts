import type { Direction } from '../load/tasks.ts';
import type { Scenario } from '../scenario.ts';
import { type Contestant, lockport, lockportFast, rivals } from '../servers/contestants.ts';
import { onFreshServers } from './on-servers.ts';
import { makeFiles, moveFiles } from './small-files.ts';

const usualCount = 100;

export const firstFilesDown = firstFiles('down', [lockport, ...rivals]);
export const firstFilesUp = firstFiles('up', [lockport, lockportFast, ...rivals]);

function firstFiles(direction: Direction, contestants: readonly Contestant[]): Scenario {
  return {
    name: `first-files-${direction}`,
    title: `The first ${usualCount} files of 4 KiB ${direction}`,
    about:
      `One session moves ${usualCount} files ${direction}, as the first that a server does after its start: each round starts ` +
      'the server anew. ftp-srv moves 20.',
    kind: 'server',
    isCold: true,
    prepare: ({ isQuick }) =>
      onFreshServers(contestants, async (running) => {
        const files = running.server.name === 'ftp-srv' ? usualCount / 5 : usualCount;
        const count = isQuick ? files / 5 : files;
        if (direction === 'down') await makeFiles(running, count);
        return () => moveFiles(running, direction, count);
      }),
  };
}

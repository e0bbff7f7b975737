import type { ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import { type Processes, processesOf } from '../measure/processes.ts';
import type { Absence, Measurement, Subject } from '../scenario.ts';
import type { Contestant } from '../servers/contestants.ts';

/** More than most scenarios open at once. */
const usualSessions = 50;

/** A server that runs, and its processes. */
export interface Running {
  readonly server: ServerProcess;
  readonly processes: Processes;
}

/** One round against this server. */
export type Round = () => Promise<readonly Measurement[]>;

/** Starts each contestant and makes it ready; who can't be started, or made ready, is absent with the reason. */
export async function onServers(
  contestants: readonly Contestant[],
  makeReady: (running: Running) => Promise<Round>,
  sessions = usualSessions,
): Promise<readonly (Subject | Absence)[]> {
  return subjectsOf(contestants, async (contestant) => {
    await using ends = new AsyncDisposableStack();
    const server = ends.use(await contestant.start({ sessions }));
    const round = await makeReady({ server, processes: processesOf(server.processId) });
    const started = ends.move();
    return { version: server.version, round, [Symbol.asyncDispose]: () => started.disposeAsync() };
  });
}

/**
 * The same with a server that has just been started, for each round: what is measured is a start, or would stay behind in the
 * server.
 */
export async function onFreshServers(
  contestants: readonly Contestant[],
  makeReady: (running: Running) => Promise<Round>,
  sessions = usualSessions,
): Promise<readonly (Subject | Absence)[]> {
  return subjectsOf(contestants, async (contestant) => {
    // Who can't be started is known before the rounds begin.
    await using first = await contestant.start({ sessions });
    return {
      version: first.version,
      async round() {
        await using server = await contestant.start({ sessions });
        const round = await makeReady({ server, processes: processesOf(server.processId) });
        return await round();
      },
      async [Symbol.asyncDispose]() {},
    };
  });
}

/** One after the other: what one does as it starts is no part of what is measured of another. */
async function subjectsOf(
  contestants: readonly Contestant[],
  enter: (contestant: Contestant) => Promise<Omit<Subject, 'name' | 'isOurs'>>,
): Promise<readonly (Subject | Absence)[]> {
  const all: (Subject | Absence)[] = [];
  for (const contestant of contestants) {
    const { name, isOurs } = contestant;
    try {
      all.push({ name, isOurs, ...(await enter(contestant)) });
    } catch (error) {
      all.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return all;
}

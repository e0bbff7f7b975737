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
  const all: (Subject | Absence)[] = [];
  for (const { name, isOurs, ...contestant } of contestants) {
    try {
      await using ends = new AsyncDisposableStack();
      const server = ends.use(await contestant.start({ sessions }));
      const round = await makeReady({ server, processes: processesOf(server.processId) });
      const started = ends.move();
      all.push({
        name,
        isOurs,
        version: server.version,
        round,
        [Symbol.asyncDispose]: () => started.disposeAsync(),
      });
    } catch (error) {
      all.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return all;
}

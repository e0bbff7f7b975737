import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { over } from './measure/figures.ts';
import type { ScenarioResult, SubjectResult } from './results.ts';
import type { Absence, Measurement, Scenario, Subject } from './scenario.ts';

export interface RunOptions {
  readonly isQuick: boolean;
  readonly rounds: number;
  /** Ends the run at once; all that was started is still taken down. */
  readonly signal: AbortSignal;
}

/** One unmeasured round, but for a cold start, then the others; the subjects take turns, and each round begins with another of them. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<ScenarioResult> {
  const { name, title, about, kind } = scenario;
  const directory = await mkdtemp(join(tmpdir(), 'lockport-bench-'));
  await using ends = new AsyncDisposableStack();
  ends.defer(() => rm(directory, { recursive: true }));
  const absent: Absence[] = [];
  const running: Running[] = [];
  for (const each of await prepare(scenario, options.isQuick, directory)) {
    if ('reason' in each) absent.push(each);
    else running.push({ subject: ends.use(each), rounds: [] });
  }

  for (let round = scenario.isCold ? 1 : 0; round <= options.rounds; round += 1) {
    for (const each of rotated(running, round)) {
      try {
        const measured = await unless(options.signal, each.subject.round());
        if (round > 0) each.rounds.push(measured);
      } catch (error) {
        options.signal.throwIfAborted();
        running.splice(running.indexOf(each), 1);
        absent.push({ name: each.subject.name, reason: reasonOf(error) });
      }
    }
  }
  return { name, title, about, kind, rounds: options.rounds, subjects: running.map(resultOf), absent };
}

interface Running {
  readonly subject: Subject;
  readonly rounds: (readonly Measurement[])[];
}

async function prepare(
  scenario: Scenario,
  isQuick: boolean,
  directory: string,
): Promise<readonly (Subject | Absence)[]> {
  try {
    return await scenario.prepare({ isQuick, directory });
  } catch (error) {
    return [{ name: 'all', reason: reasonOf(error) }];
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A copy that begins elsewhere each time. */
function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % Math.max(1, items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

/** The work, or the reason of the signal, whichever comes first. */
async function unless<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) abort();
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function resultOf({ subject: { name, isOurs, version }, rounds }: Running): SubjectResult {
  const metrics = Map.groupBy(rounds.flat(), ({ metric }) => metric);
  return { name, isOurs, version, metrics: [...metrics.values()].map(over) };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { EventStream, Journal, recordOf } from '../../operations/index.ts';
import { Told } from './told.ts';

const HOUR_MS = 3_600_000;

/** An audit trail with what was told from it, as one run of a server has them. */
export interface Run extends AsyncDisposable {
  readonly events: EventStream;
  readonly journal: Journal;
  readonly told: Told;
}

/** Begins runs of one server, one after the other: a run that is disposed without `told.keep()` ends as by kill -9. */
export async function serverRuns(context: TestContext): Promise<() => Promise<Run>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lockport-watch-'));
  context.after(() => rm(dataDir, { recursive: true, force: true }));
  const auditDirectory = join(dataDir, 'audit');
  return async () => {
    const journal = await Journal.open({
      directory: auditDirectory,
      node: 'test',
      maxQueuedBytes: 1_000_000,
      stallMs: HOUR_MS,
      headEveryMs: HOUR_MS,
      retention: { keepMs: undefined, keepBytes: undefined },
      onTrouble: () => undefined,
      warn: () => undefined,
    });
    const events = new EventStream();
    events.listen((event) => {
      const fields = recordOf(event);
      if (fields) journal.append(fields, event.at);
    });
    await journal.recorded();
    const told = await Told.open({ file: join(dataDir, 'told.json'), journal, auditDirectory });
    return {
      events,
      journal,
      told,
      async [Symbol.asyncDispose]() {
        told[Symbol.dispose]();
        await journal[Symbol.asyncDispose]();
      },
    };
  };
}

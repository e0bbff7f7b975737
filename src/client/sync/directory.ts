import type { VirtualPath } from '../../core/index.ts';
import type { FilterVerdict } from './filter.ts';
import type { Job } from './jobs.ts';
import type { Run } from './run.ts';
import type { SyncEntryStep } from './step.ts';
import { makeTop } from './top.ts';

/** A directory of the source on its way to the destination. */
export interface SyncDirectory {
  readonly path: VirtualPath;
  readonly parent: SyncDirectory | undefined;
  /** Directories above it. */
  readonly depth: number;
  /** Not `out`. */
  readonly verdict: FilterVerdict;
  /** As the source tells it: what makes out a link that leads back up. */
  readonly unique: string | undefined;
  /** Whether the destination had it when the walk came there. */
  readonly isThere: boolean;
  /** Set once it is to be made at the destination: resolves to whether it is there then, or would be in a dry run. */
  made?: Promise<boolean>;
  /** It could not be made. */
  isLost?: boolean;
}

/** The jobs that make the directory, and those above it, at the destination; none where that is done or under way. */
export function* makeDirectory(run: Run, directory: SyncDirectory): Generator<Job<SyncEntryStep>> {
  const { parent } = directory;
  if (directory.isThere || directory.made) return;
  if (parent) yield* makeDirectory(run, parent);
  const made = Promise.withResolvers<boolean>();
  directory.made = made.promise;
  yield run.jobOf(0, async () => {
    let isMade = false;
    try {
      if (parent && !(await canHold(parent))) return [];
      const step = await make(run, directory);
      isMade = step.outcome !== 'failed';
      return [step];
    } finally {
      directory.isLost = !isMade;
      made.resolve(isMade);
    }
  });
}

/** The job, begun once its directory is there, and left out where that can't be. */
export function within(directory: SyncDirectory, job: Job<SyncEntryStep>): Job<SyncEntryStep> {
  return Object.assign(async () => ((await canHold(directory)) ? job() : []), { share: job.share });
}

async function canHold({ isThere, made }: SyncDirectory): Promise<boolean> {
  return isThere || (await made) === true;
}

function make(run: Run, { parent, path }: SyncDirectory): Promise<SyncEntryStep> {
  return run.carryOut({ action: 'make-directory', path, reason: 'missing' }, () =>
    parent
      ? run.destination.storage.makeDirectory(run.destination.at(path), run)
      : makeTop(run.to, run.plan.to, run.signal),
  );
}

/** Whether `unique` is that of the directory or of one above it. */
export function leadsBack(directory: SyncDirectory, unique: string | undefined): boolean {
  if (unique === undefined) return false;
  for (let above: SyncDirectory | undefined = directory; above; above = above.parent) {
    if (above.unique === unique) return true;
  }
  return false;
}

import { ROOT, type Storage, StorageError } from '../../core/index.ts';
import { allowsAll } from './deletion-limit.ts';
import { Deletions } from './deletions.ts';
import type { SyncDirectory } from './directory.ts';
import { runJobs } from './jobs.ts';
import { type FullPlan, fullPlan, type SyncPlan } from './plan.ts';
import { Run } from './run.ts';
import type { SyncStep } from './step.ts';
import { findTop } from './top.ts';
import { walk } from './walk.ts';

/**
 * Makes a directory of one storage the same as one of another, in one direction. Tells of each step when it is done,
 * and ends with a summary; whoever stops reading stops the run. A failure of one entry is a step and the others go on.
 *
 * A file stands at the destination whole or not at all; two runs into one directory at a time are not looked after.
 * @throws ClientError `invalid-argument` or `unsupported` for a plan that can't be kept, `limit` for too many entries,
 * `too-many-deletions`, `aborted`; what the storage says where the source directory is not there, or where its connection is gone.
 */
export async function* sync(from: Storage, to: Storage, plan: SyncPlan = {}): AsyncGenerator<SyncStep> {
  const left = new AbortController();
  const signal = plan.signal ? AbortSignal.any([plan.signal, left.signal]) : left.signal;
  const full = fullPlan(plan);
  const deletions = Deletions.to(await plannedDeletions(from, to, full, signal));
  const run = new Run(from, to, full, signal, deletions);
  const top = await findTops(run, from);
  const steps = runJobs(walk(run, top), {
    limit: run.plan.parallel,
    isEnough: () => run.isEnough,
    leave: () => left.abort(),
  });
  try {
    for await (const step of steps) {
      run.countStep(step);
      yield step;
    }
  } catch (error) {
    throw run.ending(error);
  }
  yield run.summary();
  // Of a dry run the steps are wanted first.
  if (full.dryRun) deletions.check(full.maxDelete);
}

/**
 * Walks both sides without changing anything, to count. Undefined where all may be deleted.
 * @throws TooManyDeletions
 */
async function plannedDeletions(
  from: Storage,
  to: Storage,
  plan: FullPlan,
  signal: AbortSignal,
): Promise<Deletions | undefined> {
  if (!plan.delete || plan.dryRun || allowsAll(plan.maxDelete)) return undefined;
  const deletions = Deletions.toCount();
  const rehearsal = new Run(from, to, { ...plan, dryRun: true }, signal, deletions);
  const top = await findTops(rehearsal, from);
  // There is nothing to count, and what appears there meanwhile was in no count.
  if (!top.isThere) return deletions;
  for await (const _ of walk(rehearsal, top)) signal.throwIfAborted();
  deletions.check(plan.maxDelete);
  return deletions;
}

async function findTops(run: Run, from: Storage): Promise<SyncDirectory> {
  const { plan, signal, filter, to } = run;
  const source = await findTop(from, plan.from, signal);
  if (source === undefined) throw new StorageError('not-found', 'The source directory is not there');
  const destination = await findTop(to, plan.to, signal);
  return {
    path: ROOT,
    parent: undefined,
    depth: 0,
    verdict: filter.top,
    unique: source.unique,
    isThere: destination !== undefined,
  };
}

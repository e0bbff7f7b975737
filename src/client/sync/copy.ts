import type { Entry } from '../../core/index.ts';
import { hasOtherTime } from './compare.ts';
import type { Run } from './run.ts';
import type { SyncAct, SyncEntryStep } from './step.ts';
import { isRefusal } from './times.ts';
import { type FileTask, transfer } from './transfer.ts';

/** Makes the destination's file the same as the source's, with its time. No step where it was found to be the same. */
export async function syncFile(run: Run, task: FileTask): Promise<readonly SyncEntryStep[]> {
  const { path } = task;
  let plan: CopyPlan | SyncEntryStep | undefined;
  try {
    plan = await planCopy(run, task);
  } catch (error) {
    return [run.failed({ action: 'skip', path, reason: 'content' }, error)];
  }
  const step = plan === undefined || 'outcome' in plan ? plan : await follow(run, task, plan);
  if (step !== undefined) return [step];
  run.countUnchanged();
  return [];
}

function follow(run: Run, task: FileTask, plan: CopyPlan): Promise<SyncEntryStep | undefined> {
  return plan.act.action === 'set-time' ? setTime(run, task) : copy(run, task, plan);
}

/** What can't be done behind a copy that is there is a warning: counted as a failure, it would be copied again. */
async function copy(run: Run, task: FileTask, { act, start }: CopyPlan): Promise<SyncEntryStep> {
  const warnings: string[] = [];
  let isTimed = false;
  const step = await run.carryOut(act, async () => {
    const transferred = await transfer(run, task, start);
    warnings.push(...transferred.warnings);
    isTimed = transferred.isTimed;
  });
  if (step.outcome !== 'done') return step;
  const untimed = isTimed ? undefined : await timeFailure(run, task);
  if (untimed !== undefined) warnings.push(untimed);
  return warnings.length === 0 ? step : { ...step, warning: warnings.join('; ') };
}

async function timeFailure(run: Run, task: FileTask): Promise<string | undefined> {
  if (!run.times.areKept) return undefined;
  const timed = await carryOutTime(run, task);
  if (timed.outcome !== 'failed' || (isRefusal(timed.error) && !run.times.tellRefusal())) return undefined;
  return `its time could not be set: ${timed.message}`;
}

/** Of a file whose content is the same: a refusal is no failure, nothing would change if it were tried again. */
async function setTime(run: Run, task: FileTask): Promise<SyncEntryStep | undefined> {
  const timed = await carryOutTime(run, task);
  return timed.outcome === 'failed' && isRefusal(timed.error) ? untimedStep(run, task, timed.error) : timed;
}

function carryOutTime(run: Run, { path, source }: FileTask): Promise<SyncEntryStep> {
  const act = { action: 'set-time', path, reason: 'time' } as const;
  return run.carryOut(act, () => run.times.set(path, run.expectedTime(source)));
}

/** No step where a refusal was told of before. */
function untimedStep(run: Run, { path }: FileTask, { message }: Error): SyncEntryStep | undefined {
  if (!run.times.tellRefusal()) return undefined;
  const files = run.times.areKept ? 'files that refuse their time count' : 'a file counts';
  return {
    action: 'skip',
    path,
    reason: 'time',
    outcome: 'skipped',
    warning: `its time can't be set: ${message}; so that ${files} as the same here at the same size, unless the source has the newer one`,
  };
}

interface CopyPlan {
  readonly act: SyncAct;
  /** Where in the file copying begins. */
  readonly start: number;
}

/** Gives a step where there is nothing to do, and something to tell. */
async function planCopy(run: Run, task: FileTask): Promise<CopyPlan | SyncEntryStep | undefined> {
  const { path, source, existing, difference } = task;
  const { size } = source;
  if (existing === undefined) {
    const start = await resumePoint(run, task);
    const act: Pick<SyncAct, 'action' | 'reason'> =
      start > 0 ? { action: 'resume', reason: 'interrupted' } : { action: 'copy', reason: 'missing' };
    return { act: { ...act, path, size }, start };
  }
  if (difference === 'size' || difference === 'time') {
    return { act: { action: 'replace', path, reason: difference, size }, start: 0 };
  }
  if (difference === 'ask-time') return planByTime(run, task, existing);
  if (!(await run.digests.areEqual(path, run.signal))) {
    run.progress.expect(size);
    return { act: { action: 'replace', path, reason: 'content', size }, start: 0 };
  }
  if (!run.times.areKept || !hasOtherTime(run, source, existing)) return undefined;
  return { act: { action: 'set-time', path, reason: 'time' }, start: 0 };
}

/**
 * The destination's file is newer and as long: it was changed there, or the source's is another one that is older, or its
 * time could not be set when it was copied. The last one is taken to be the case only where its own time can't be set now.
 */
async function planByTime(run: Run, task: FileTask, existing: Entry): Promise<CopyPlan | SyncEntryStep | undefined> {
  const { path, source } = task;
  const { size } = source;
  const isAsked = run.times.areKept && !run.plan.dryRun;
  const refusal = isAsked ? await run.times.refusalAt(path, existing.modified) : undefined;
  if (refusal) return untimedStep(run, task, refusal);
  if (!run.times.areKept) return undefined;
  run.progress.expect(size);
  return { act: { action: 'replace', path, reason: 'time', size }, start: 0 };
}

/**
 * How much of an interrupted upload can be kept: all of it where the source was last modified before the upload began
 * (by more than the tolerance), so that both parts are of one version; else nothing.
 */
async function resumePoint(run: Run, { path, source, mayBeKept }: FileTask): Promise<number> {
  if (!run.plan.resume || !mayBeKept || run.isSmall(source.size)) return 0;
  const kept = await run.destination.storage.partial?.(run.destination.at(path), run);
  if (kept === undefined || kept.size > source.size) return 0;
  const began = kept.created ?? kept.modified;
  const isOlder = began.getTime() - run.expectedTime(source).getTime() > run.plan.timeToleranceMs;
  return isOlder ? kept.size : 0;
}

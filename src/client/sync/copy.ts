import type { Entry, VirtualPath } from '../../core/index.ts';
import { hasOtherTime } from './compare.ts';
import { isUnsupported } from './digests.ts';
import type { Run } from './run.ts';
import type { SyncAct, SyncEntryStep } from './step.ts';
import { type FileTask, transfer } from './transfer.ts';

/** Makes the destination's file the same as the source's, with its time. No step where only digests had to be asked. */
export async function syncFile(run: Run, task: FileTask): Promise<readonly SyncEntryStep[]> {
  const { path, source } = task;
  let plan: CopyPlan | undefined;
  try {
    plan = await planCopy(run, task);
  } catch (error) {
    return [run.failed({ action: 'skip', path, reason: 'content' }, error)];
  }
  if (plan === undefined) {
    run.countUnchanged();
    return [];
  }
  const { act } = plan;
  if (act.action === 'set-time') return [await run.carryOut(act, () => setTime(run, path, source))];
  return [await copy(run, task, plan)];
}

/** What can't be done behind a copy that is there is a warning: counted as a failure, it would be copied again. */
async function copy(run: Run, task: FileTask, { act, start }: CopyPlan): Promise<SyncEntryStep> {
  const warnings: string[] = [];
  const step = await run.carryOut(act, async () => {
    warnings.push(...(await transfer(run, task, start)));
  });
  if (step.outcome !== 'done') return step;
  const untimed = await timeFailure(run, task);
  if (untimed !== undefined) warnings.push(untimed);
  return warnings.length === 0 ? step : { ...step, warning: warnings.join('; ') };
}

/** Once the destination has said that it can't set times, it is not asked again. */
async function timeFailure(run: Run, { path, source }: FileTask): Promise<string | undefined> {
  if (!run.setsTimes) return undefined;
  const timed = await run.carryOut({ action: 'set-time', path, reason: 'time' }, () => setTime(run, path, source));
  if (timed.outcome !== 'failed') return undefined;
  if (isUnsupported(timed.error)) run.setsTimes = false;
  return `its time could not be set: ${timed.message}`;
}

interface CopyPlan {
  readonly act: SyncAct;
  /** Where in the file copying begins. */
  readonly start: number;
}

async function planCopy(run: Run, task: FileTask): Promise<CopyPlan | undefined> {
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
  if (!(await run.digests.areEqual(path, run.signal))) {
    run.progress.expect(size);
    return { act: { action: 'replace', path, reason: 'content', size }, start: 0 };
  }
  if (!run.setsTimes || !hasOtherTime(run, source, existing)) return undefined;
  return { act: { action: 'set-time', path, reason: 'time' }, start: 0 };
}

/**
 * How much of an interrupted upload can be kept: all of it where the source was last modified before the upload began
 * (by more than the tolerance), so that both parts are of one version; else nothing.
 */
async function resumePoint(run: Run, { path, source, mayBeKept }: FileTask): Promise<number> {
  if (!run.plan.resume || !mayBeKept) return 0;
  const kept = await run.destination.storage.partial?.(run.destination.at(path));
  if (kept === undefined || kept.size > source.size) return 0;
  const began = kept.created ?? kept.modified;
  const isOlder = began.getTime() - run.expectedTime(source).getTime() > run.plan.timeToleranceMs;
  return isOlder ? kept.size : 0;
}

async function setTime(run: Run, path: VirtualPath, source: Entry): Promise<void> {
  await run.destination.storage.setModified?.(run.destination.at(path), run.expectedTime(source));
}

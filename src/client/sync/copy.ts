import type { Entry, VirtualPath } from '../../core/index.ts';
import { hasOtherTime } from './compare.ts';
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
  const { act, start } = plan;
  if (act.action === 'set-time') return [await run.carryOut(act, () => setTime(run, path, source))];
  const step = await run.carryOut(act, () => transfer(run, task, start));
  if (step.outcome !== 'done' || !run.setsTimes) return [step];
  const timed = await run.carryOut({ action: 'set-time', path, reason: 'time' }, () => setTime(run, path, source));
  return timed.outcome === 'failed' ? [step, timed] : [step];
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

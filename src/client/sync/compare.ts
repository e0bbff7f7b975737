import type { Entry } from '../../core/index.ts';
import type { Run } from './run.ts';

/**
 * How two files of one name stand to each other. `ask-digest`: only their bytes can tell. `ask-time`: the destination's
 * is newer, which tells something only where times can be set.
 */
export type Difference = 'none' | 'missing' | 'size' | 'time' | 'newer' | 'ask-digest' | 'ask-time';

/** Compares by what the listings tell. */
export function compareFiles(run: Run, source: Entry, existing: Entry | undefined): Difference {
  if (existing === undefined) return 'missing';
  const difference = differenceOf(run, source, existing);
  return difference !== 'none' && run.plan.update && leadOf(run, source, existing) > 0 ? 'newer' : difference;
}

/** Whether the times differ, as far as times tell anything. */
export function hasOtherTime(run: Run, source: Entry, existing: Entry): boolean {
  const lead = leadOf(run, source, existing);
  return run.times.areKept ? lead !== 0 : lead < 0;
}

function differenceOf(run: Run, source: Entry, existing: Entry): Difference {
  const { compare } = run.plan;
  if (compare === 'missing') return 'none';
  if (compare !== 'time' && source.size !== existing.size) return 'size';
  if (compare === 'checksum') return 'ask-digest';
  if (compare === 'size' || !hasOtherTime(run, source, existing)) return 'none';
  return source.size === existing.size && leadOf(run, source, existing) > 0 ? 'ask-time' : 'time';
}

/** By how much the destination's file is newer, in ms; 0 within the tolerance, and within what the listings leave open. */
function leadOf(run: Run, source: Entry, existing: Entry): number {
  const lead = existing.modified.getTime() - run.expectedTime(source).getTime();
  return Math.abs(lead) > Math.max(run.plan.timeToleranceMs, openMs(source), openMs(existing)) ? lead : 0;
}

function openMs({ modifiedPrecision }: Entry): number {
  return modifiedPrecision === undefined ? 0 : CUT_MS[modifiedPrecision];
}

const CUT_MS = { minute: 60_000, day: 86_400_000 } as const;

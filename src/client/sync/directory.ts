import type { VirtualPath } from '../../core/index.ts';
import type { FilterVerdict } from './filter.ts';
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
  /** At the destination. `made`: by this run, or it would be in a dry one. */
  state: 'there' | 'missing' | 'made' | 'cannot-be';
}

/** Makes the directory, and those above it, at the destination. Gives whether it is there. */
export async function* makeDirectory(run: Run, directory: SyncDirectory): AsyncGenerator<SyncEntryStep, boolean> {
  const { parent, path } = directory;
  if (directory.state === 'missing' && parent && !(yield* makeDirectory(run, parent))) directory.state = 'cannot-be';
  if (directory.state !== 'missing') return directory.state !== 'cannot-be';
  const step = await run.carryOut({ action: 'make-directory', path, reason: 'missing' }, () =>
    parent
      ? run.destination.storage.makeDirectory(run.destination.at(path), run)
      : makeTop(run.to, run.plan.to, run.signal),
  );
  directory.state = step.outcome === 'failed' ? 'cannot-be' : 'made';
  yield step;
  return step.outcome !== 'failed';
}

/** Whether `unique` is that of the directory or of one above it. */
export function leadsBack(directory: SyncDirectory, unique: string | undefined): boolean {
  if (unique === undefined) return false;
  for (let above: SyncDirectory | undefined = directory; above; above = above.parent) {
    if (above.unique === unique) return true;
  }
  return false;
}

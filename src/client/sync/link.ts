import { type Entry, parentOf, resolvePath, type VirtualPath } from '../../core/index.ts';
import type { Run } from './run.ts';
import type { SyncAct, SyncEntryStep } from './step.ts';

/** A link of the source that is to be made at the destination. */
export interface LinkTask {
  readonly path: VirtualPath;
  /** As text: nobody asks where it leads. */
  readonly target: string;
  /** The link of that name at the destination. */
  readonly existing: Entry | undefined;
}

export async function syncLink(run: Run, { path, target, existing }: LinkTask): Promise<readonly SyncEntryStep[]> {
  const { storage } = run.destination;
  if (existing && (run.plan.compare === 'missing' || isSameTarget(path, target, existing.target))) {
    run.countUnchanged();
    return [];
  }
  const act: SyncAct = { action: 'link', path, reason: existing ? 'target' : 'missing' };
  const at = run.destination.at(path);
  const make = async (): Promise<void> => {
    if (existing) await storage.remove(at);
    await storage.makeLink?.(at, target);
  };
  return [await run.carryOut(act, make)];
}

/** A storage may keep `/a/b` as `../a/b`: the texts differ, the place is the same. */
function isSameTarget(path: VirtualPath, left: string, right: string | undefined): boolean {
  if (right === undefined) return false;
  return left === right || resolvePath(parentOf(path), left) === resolvePath(parentOf(path), right);
}

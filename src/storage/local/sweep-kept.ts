import { keptFiles, removeKept } from './kept-files.ts';
import { LocalTrash } from './local-trash.ts';
import type { LocalStorageSettings } from './settings.ts';
import type { Walk } from './walk.ts';

/**
 * Removes files that were kept for too long, and second names that a crash left of files which still have their first one. A clock
 * that went back keeps them longer. Gives how many went.
 */
export async function sweepKept(
  walk: Walk,
  settings: LocalStorageSettings,
  keepMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const trash = new LocalTrash(walk, settings);
  let removed = 0;
  for await (const kept of keptFiles(walk.root, [], signal)) {
    const isOld = Date.now() - kept.since > keepMs;
    // One that was kept since may be about to lose its name.
    if (isOld && (await settings.protection.isHeld(kept.names))) continue;
    const isLeft = kept.since < settings.since && (await trash.isStillPublished(kept));
    if ((isOld || isLeft) && (await removeKept(walk.root, kept))) removed += 1;
  }
  return removed;
}

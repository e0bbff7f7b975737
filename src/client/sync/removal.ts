import { type Entry, joinPath, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { FilterVerdict } from './filter.ts';
import { type Listing, listDirectory, tellTemporary } from './listing.ts';
import type { Run } from './run.ts';
import type { SyncAct, SyncEntryStep } from './step.ts';

/** Something at the destination that is to go. */
export interface Extra {
  readonly path: VirtualPath;
  readonly entry: Entry;
  /** The verdict on its directory. */
  readonly above: FilterVerdict;
  readonly reason: 'extraneous' | 'kind';
  /** Directories above it. */
  readonly depth: number;
}

/**
 * Removes an entry of the destination, a directory after all that is in it, and never what takes no part. Links are
 * removed, not followed. Gives whether it is gone.
 */
export async function* removeExtra(run: Run, extra: Extra): AsyncGenerator<SyncEntryStep, boolean> {
  const { path, entry, above, reason } = extra;
  const { storage } = run.destination;
  const isDirectory = entry.kind === 'directory';
  const verdict = run.filter.judge(above, path, isDirectory);
  if (verdict === 'out') return false;
  if (isDirectory) {
    const isEmpty = yield* removeContent(run, extra, verdict);
    if (!isEmpty || verdict !== 'in') return false;
  }
  const act: SyncAct = isDirectory
    ? { action: 'delete-directory', path, reason }
    : { action: 'delete', path, reason, size: entry.size };
  const at = run.destination.at(path);
  const step = await run.carryOut(act, () =>
    isDirectory ? storage.removeDirectory(at, run) : storage.remove(at, run),
  );
  yield step;
  return step.outcome !== 'failed';
}

async function* removeContent(run: Run, extra: Extra, verdict: FilterVerdict): AsyncGenerator<SyncEntryStep, boolean> {
  const { path, reason } = extra;
  const depth = extra.depth + 1;
  if (depth > run.plan.maxDepth) {
    const error = new ClientError('limit', 'The directory lies deeper than maxDepth', { phase: 'local' });
    yield run.failed({ action: 'skip', path, reason: 'depth' }, error);
    return false;
  }
  let listing: Listing;
  try {
    listing = await listDirectory(run, run.destination, path);
  } catch (error) {
    yield run.failed({ action: 'skip', path, reason: 'listing' }, error);
    return false;
  }
  run.countPresent(path, verdict, listing.entries.values());
  yield* tellTemporary(run, path, verdict, listing);
  let isEmpty = [listing.refused, listing.temporary].every(({ length }) => length === 0) && !listing.incomplete;
  for (const entry of listing.entries.values()) {
    const child = { path: joinPath(path, entry.name), entry, above: verdict, reason, depth };
    isEmpty = (yield* removeExtra(run, child)) && isEmpty;
  }
  return isEmpty;
}

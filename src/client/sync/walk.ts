import { joinPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import { makeDirectory, type SyncDirectory, within } from './directory.ts';
import { syncEntry } from './entry.ts';
import type { Job } from './jobs.ts';
import { type ListedWhen, type Listing, listDirectory, tellTemporary } from './listing.ts';
import { NameClashes } from './name-clashes.ts';
import { removeExtra } from './removal.ts';
import type { Run } from './run.ts';
import type { SyncEntryStep } from './step.ts';

type Work = SyncEntryStep | Job<SyncEntryStep>;

/**
 * Walks the source, a directory before what is in it and one after the other, and gives the steps and the jobs that
 * make the destination the same. Held at a time are the two listings of one directory and, of the directories above,
 * those that are still to come.
 */
export async function* walk(run: Run, top: SyncDirectory): AsyncGenerator<Work> {
  await run.trees.fetch(run.source, top.path, run.signal);
  // What is newer by the time of its copy must not be replaced.
  if (top.isThere && !run.plan.update) await run.trees.fetch(run.destination, top.path, run.signal);
  const pending = [top];
  for (let directory = pending.pop(); directory; directory = pending.pop()) {
    const below: SyncDirectory[] = [];
    yield* syncDirectory(run, directory, below);
    for (const child of below.toReversed()) pending.push(child);
  }
}

/** @param below gets the directories to go on with. */
async function* syncDirectory(run: Run, directory: SyncDirectory, below: SyncDirectory[]): AsyncGenerator<Work> {
  const { path, depth, verdict } = directory;
  if (directory.parent?.isLost) return;
  if (depth > run.plan.maxDepth) {
    const error = new ClientError('limit', 'The directory lies deeper than maxDepth', { phase: 'local' });
    yield run.failed({ action: 'skip', path, reason: 'depth' }, error);
    return;
  }
  let source: Listing;
  let present: Listing | undefined;
  try {
    [source, present] = await listBoth(run, directory, 'ahead');
    // Nothing is deleted on the strength of what was seen some time ago.
    if (run.plan.delete && isAnyExtra(source, present)) [source, present] = await listBoth(run, directory, 'again');
  } catch (error) {
    const step = run.failed({ action: 'skip', path, reason: 'listing' }, error);
    // Without its root there is nothing to synchronise.
    if (depth === 0) throw error;
    yield step;
    return;
  }
  for (const { name, error } of source.refused) {
    yield run.failed({ action: 'skip', path, reason: 'name', name }, error);
  }
  for (const listing of [source, ...(present ? [present] : [])]) {
    const { incomplete } = listing;
    if (incomplete) yield run.failed({ action: 'skip', path, reason: 'listing' }, incomplete.error);
    yield* tellTemporary(run, path, verdict, listing);
  }
  yield* tellUnlisted(run, directory, source.unlisted);
  const existing: Listing['entries'] = present?.entries ?? new Map();
  run.countPresent(path, verdict, existing.values());
  if (verdict === 'in') yield* makeDirectory(run, directory);
  if (run.plan.delete && !source.incomplete) yield* removeExtras(run, directory, source, existing);
  // A server that knows bundles takes all behind the verb for the path, in UTF-8.
  const isExact = run.destination.storage.smallFileBytes !== undefined;
  const clashes = new NameClashes([...source.entries.keys(), ...existing.keys()], isExact);
  const jobs: Job<SyncEntryStep>[] = [];
  for (const listed of source.entries.values()) {
    const task = { directory, listed, existing: existing.get(listed.name), clashes, below, jobs };
    yield* syncEntry(run, { ...task, mayBeHidden: present?.incomplete !== undefined });
  }
  if (jobs.length === 0) return;
  yield* makeDirectory(run, directory);
  for (const job of jobs) yield within(directory, job);
}

type Both = readonly [source: Listing, present: Listing | undefined];

async function listBoth(run: Run, { path, isThere }: SyncDirectory, when: ListedWhen): Promise<Both> {
  const source = await listDirectory(run, run.source, path, when);
  return [source, isThere ? await listDirectory(run, run.destination, path, when) : undefined];
}

/** Whether something there may have to go, by listings of which one was made ahead. */
function isAnyExtra(source: Listing, present: Listing | undefined): boolean {
  if (!present || !(source.isAhead || present.isAhead)) return false;
  return [...present.entries.values()].some(({ name, kind }) => source.entries.get(name)?.kind !== kind);
}

/** Before the copying: it makes room, and a name that differs in its case only is free again. */
async function* removeExtras(
  run: Run,
  { path, verdict, depth }: SyncDirectory,
  { entries, unlisted }: Listing,
  existing: Listing['entries'],
): AsyncGenerator<SyncEntryStep> {
  for (const entry of existing.values()) {
    if (entries.has(entry.name) || unlisted.has(entry.name)) continue;
    yield* removeExtra(run, { path: joinPath(path, entry.name), entry, above: verdict, reason: 'extraneous', depth });
  }
}

/** What is there and can't be copied: what has a name that can be in no path is a failure, a device or the like is left out. */
function* tellUnlisted(
  run: Run,
  { path, verdict }: SyncDirectory,
  unlisted: Listing['unlisted'],
): Generator<SyncEntryStep> {
  for (const { name, isDirectory, why } of unlisted.values()) {
    if (run.filter.judgeName(verdict, path, name, isDirectory) === 'out') continue;
    if (why === 'kind') yield { action: 'skip', path: joinPath(path, name), reason: 'special', outcome: 'skipped' };
    else yield run.failed({ action: 'skip', path, reason: 'name', name }, unnamable());
  }
}

function unnamable(): ClientError {
  return new ClientError('invalid-argument', 'The name holds a line break, which no command can carry', {
    phase: 'local',
  });
}

import { type Entry, joinPath, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import { compareFiles } from './compare.ts';
import { syncFile } from './copy.ts';
import { leadsBack, type SyncDirectory } from './directory.ts';
import type { FilterVerdict } from './filter.ts';
import type { Job } from './jobs.ts';
import { syncLink } from './link.ts';
import type { NameClashes } from './name-clashes.ts';
import { removeExtra } from './removal.ts';
import type { Run } from './run.ts';
import type { SyncEntryStep } from './step.ts';

/** An entry of the source, and where what is to be done about it goes. */
export interface EntryTask {
  readonly directory: SyncDirectory;
  readonly listed: Entry;
  /** The entry of that name at the destination. */
  readonly existing: Entry | undefined;
  /** Whether it may be there although it was not listed. */
  readonly mayBeHidden: boolean;
  /** Of all names on both sides of the directory. */
  readonly clashes: NameClashes;
  /** Gets it where it is a directory. */
  readonly below: SyncDirectory[];
  /** Gets the job where there is one. */
  readonly jobs: Job<SyncEntryStep>[];
}

/** Decides about one entry of the source. */
export async function* syncEntry(run: Run, task: EntryTask): AsyncGenerator<SyncEntryStep> {
  const { directory, listed, existing } = task;
  const path = joinPath(directory.path, listed.name);
  let entry: Entry;
  try {
    entry = await followed(run, directory, path, listed);
  } catch (error) {
    yield run.failed({ action: 'skip', path, reason: 'link' }, error);
    return;
  }
  const verdict = run.filter.judge(directory.verdict, path, entry.kind === 'directory');
  if (verdict === 'out') return;
  if (entry.kind === 'link' && !canCopyLink(run, entry)) {
    yield { action: 'skip', path, reason: 'link', outcome: 'skipped' };
    return;
  }
  const place = { path, source: entry, verdict };
  if (existing === undefined || existing.kind === entry.kind) {
    yield* syncWanted(run, task, { ...place, existing });
  } else if (yield* clearWay(run, path, existing, directory)) {
    yield* syncWanted(run, task, { ...place, existing: undefined });
  }
}

/** An entry that takes part, with nothing of another kind in its way. */
interface Wanted {
  readonly path: VirtualPath;
  readonly source: Entry;
  readonly existing: Entry | undefined;
  readonly verdict: FilterVerdict;
}

function* syncWanted(run: Run, task: EntryTask, { path, source, existing, verdict }: Wanted): Generator<SyncEntryStep> {
  const { directory, below, jobs, clashes, listed, mayBeHidden } = task;
  switch (source.kind) {
    case 'directory':
      below.push({
        path,
        parent: directory,
        depth: directory.depth + 1,
        verdict,
        unique: source.unique,
        isThere: existing !== undefined,
      });
      return;
    case 'link':
      jobs.push(() => syncLink(run, { path, target: source.target ?? '', existing }));
      return;
    case 'file': {
      const difference = compareFiles(run, source, existing);
      if (difference === 'none') {
        run.countUnchanged();
      } else if (difference === 'newer') {
        yield { action: 'skip', path, reason: 'newer', outcome: 'skipped' };
      } else {
        if (difference !== 'ask-digest' && difference !== 'ask-time') run.progress.expect(source.size);
        const mayBeKept = directory.isThere;
        const mayClash = existing === undefined && (mayBeHidden || !clashes.isAlone(listed.name));
        const job = () => syncFile(run, { path, source, existing, difference, mayBeKept, mayClash });
        jobs.push(run.jobOf(source.size, job));
      }
    }
  }
}

/** What a link leads to, where the plan has links followed and may want it; else the entry as it is. */
async function followed(run: Run, directory: SyncDirectory, path: VirtualPath, listed: Entry): Promise<Entry> {
  if (listed.kind !== 'link' || run.plan.links !== 'follow') return listed;
  const isOut = [true, false].every((kind) => run.filter.judge(directory.verdict, path, kind) === 'out');
  if (isOut) return listed;
  const entry = await run.source.storage.stat(run.source.at(path), run);
  if (entry.kind === 'directory' && leadsBack(directory, entry.unique)) {
    throw new ClientError('limit', 'The link leads back to a directory above it', { phase: 'local' });
  }
  return entry;
}

function canCopyLink(run: Run, { target }: Entry): boolean {
  return run.plan.links === 'copy' && target !== undefined && run.destination.storage.makeLink !== undefined;
}

/** Removes what has the place of an entry of another kind, where the plan permits it. Gives whether the way is clear. */
async function* clearWay(
  run: Run,
  path: VirtualPath,
  existing: Entry,
  { verdict, depth }: SyncDirectory,
): AsyncGenerator<SyncEntryStep, boolean> {
  const extra = { path, entry: existing, above: verdict, reason: 'kind', depth } as const;
  if (run.plan.delete && (yield* removeExtra(run, extra))) return true;
  const error = new ClientError('exists', `A ${existing.kind} is in the way`, { phase: 'local' });
  yield run.failed({ action: 'skip', path, reason: 'kind' }, error);
  return false;
}

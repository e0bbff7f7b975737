import { ROOT, rebase, resolvePath, StorageError, type VirtualPath } from '../../core/index.ts';
import type { AccountKeptFile, OneTrash } from '../trash/account-trash.ts';
import { failure, type OperatorFailure } from './failure.ts';
import type { OperatedService } from './operated-service.ts';

/** So many files are held for one answer. More are asked for by a smaller directory. */
const MAX_FILES = 100_000;

/** A file that is kept, as operators see it. */
export interface ShownKeptFile {
  readonly id: string;
  readonly path: string;
  readonly kind: 'file' | 'link';
  readonly bytes: number;
  /** When it lost its name. */
  readonly since: string;
  readonly modified: string;
}

/** What became of one file. */
export interface TrashOutcome extends Pick<ShownKeptFile, 'id' | 'path'> {
  /** Where it stands now. */
  readonly restoredAs?: string;
  /** Why it is kept still. */
  readonly failed?: string;
}

export interface TrashQuery {
  readonly account: string;
  readonly path?: string | undefined;
  readonly id?: string | undefined;
}

export interface RestoreQuery extends TrashQuery {
  /** Each file as it was then (ms since 1970). Absent: as it was last. */
  readonly at?: number | undefined;
  /** Where it goes, in place of its own path. */
  readonly to?: string | undefined;
}

/** Those of a path and below, the latest first. */
export async function listTrash(
  service: OperatedService,
  query: TrashQuery,
): Promise<{ readonly files: readonly ShownKeptFile[] } | OperatorFailure> {
  const found = await foundIn(service, query);
  if ('failed' in found) return found;
  return { files: found.files.toSorted((one, other) => other.since.getTime() - one.since.getTime()).map(shown) };
}

/** Gives files their names again, one of each path. What stands there is never replaced. */
export async function restoreTrash(
  service: OperatedService,
  { at, to, ...query }: RestoreQuery,
): Promise<{ readonly files: readonly TrashOutcome[] } | OperatorFailure> {
  const found = await foundIn(service, query);
  if ('failed' in found) return found;
  const { files, trash, path } = found;
  const chosen = chosenOf(files, at);
  if (chosen.length === 0) return failure('no-such-file', 'Nothing is kept of this path and that time');
  const top = to === undefined ? path : resolvePath(ROOT, to);
  const outcomes: TrashOutcome[] = [];
  for (const file of chosen) {
    const target = rebase(path, top, file.path);
    outcomes.push(await outcomeOf(file, () => trash.restore(file, target), { restoredAs: target }));
  }
  return { files: outcomes };
}

/** Forgets files of a path and below: all versions, or one. */
export async function purgeTrash(
  service: OperatedService,
  query: TrashQuery,
): Promise<{ readonly files: readonly TrashOutcome[] } | OperatorFailure> {
  const found = await foundIn(service, query);
  if ('failed' in found) return found;
  const outcomes: TrashOutcome[] = [];
  for (const file of found.files) outcomes.push(await outcomeOf(file, () => found.trash.purge(file)));
  return { files: outcomes };
}

async function foundIn(
  { trash: all }: OperatedService,
  { account, path: given = ROOT, id }: TrashQuery,
): Promise<
  { readonly trash: OneTrash; readonly path: VirtualPath; readonly files: readonly AccountKeptFile[] } | OperatorFailure
> {
  try {
    const trash = await all.of(account);
    if (!trash) return failure('no-such-account', `There is no account ${account}`);
    const path = resolvePath(ROOT, given);
    const files: AccountKeptFile[] = [];
    for await (const file of trash.list(path)) {
      if (id !== undefined && file.id !== id) continue;
      if (files.length === MAX_FILES) {
        return failure('too-many-files', `More than ${MAX_FILES} files are kept there: name a directory below`);
      }
      files.push(file);
    }
    return { trash, path, files };
  } catch (error) {
    if (error instanceof StorageError) return failure('failed', error.message);
    throw error;
  }
}

/** Of each path the version that lost its name first behind that time, or last of all. */
function chosenOf(files: readonly AccountKeptFile[], at: number | undefined): readonly AccountKeptFile[] {
  const chosen = new Map<VirtualPath, AccountKeptFile>();
  for (const file of files) {
    const other = chosen.get(file.path);
    const since = file.since.getTime();
    if (at !== undefined && since <= at) continue;
    const isBetter =
      other === undefined || (at === undefined ? since > other.since.getTime() : file.since < other.since);
    if (isBetter) chosen.set(file.path, file);
  }
  return [...chosen.values()];
}

async function outcomeOf(
  { id, path }: AccountKeptFile,
  work: () => Promise<void>,
  done: Pick<TrashOutcome, 'restoredAs'> = {},
): Promise<TrashOutcome> {
  try {
    await work();
    return { id, path, ...done };
  } catch (error) {
    if (error instanceof StorageError) return { id, path, failed: error.message };
    throw error;
  }
}

function shown({ id, path, kind, size, since, modified }: AccountKeptFile): ShownKeptFile {
  return { id, path, kind, bytes: size, since: since.toISOString(), modified: modified.toISOString() };
}

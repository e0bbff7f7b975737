import {
  type CallOptions,
  changedMeanwhile,
  type Entry,
  interrupted,
  isSameEntry,
  isWithin,
  type RemoveOptions,
  type RenameOptions,
  ROOT,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { canBundle, makeTogether } from '../bundle/bundles.ts';
import { ask, change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { makeDirectory, remove, removeDirectory, rename } from '../files/changes.ts';
import { isIncompleteListing } from '../listing/incomplete-listing.ts';
import { listEntries, namedEntry, partialEntry } from './remote-entries.ts';
import { explainedFailure, storageFailure } from './storage-failure.ts';

/** Moves an entry; gives what it replaced. @throws StorageError */
export async function renameEntry(
  pool: Pool,
  from: VirtualPath,
  to: VirtualPath,
  { unchanged, exclusive = false, ...options }: RenameOptions,
): Promise<Entry | undefined> {
  if (from !== to && isWithin(from, to)) throw new StorageError('denied', 'A directory cannot go into itself');
  const source = await namedEntry(pool, from, options);
  if (!source && (await partialEntry(pool, from, options))) {
    throw interrupted();
  }
  // As with what is removed: nothing compares behind this look.
  if (unchanged && source?.kind === 'file' && !isSameEntry(source, unchanged)) throw changedMeanwhile();
  if (source && from === to && !exclusive) return undefined;
  const target = await namedEntry(pool, to, options);
  // rename(2) lets a directory take the place of an empty one. And what comes behind this look is replaced: FTP has no other rename.
  if (target && (exclusive || source?.kind === 'directory' || target.kind === 'directory')) {
    throw new StorageError('exists', 'An entry of this name exists');
  }
  // It would take the place of the only file that it stands for.
  if (target && source?.kind === 'link' && (await leadsTo(pool, from, to, options))) {
    throw new StorageError('exists', 'The link leads to what has this name');
  }
  const replaced = target ?? (await partialEntry(pool, to, options));
  try {
    await rename(pool, from, to, { ...options, exclusive });
    return replaced;
  } catch (error) {
    const taken = exclusive ? ({ file: 'exists', directory: 'exists', link: 'exists' } as const) : {};
    throw await explainedFailure(error, pool, to, taken);
  }
}

async function leadsTo(pool: Pool, link: VirtualPath, path: VirtualPath, { signal }: CallOptions): Promise<boolean> {
  try {
    const place = await ask(pool, signal, async (session) => session.uploadPlace?.(link, signal));
    return place?.path === path;
  } catch (error) {
    throw storageFailure(error);
  }
}

/** Removes a file, a link or an interrupted upload; gives what it was. @throws StorageError */
export async function removeEntry(
  pool: Pool,
  path: VirtualPath,
  { unchanged, ...options }: RemoveOptions,
): Promise<Entry> {
  const entry = (await namedEntry(pool, path, options)) ?? (await partialEntry(pool, path, options));
  if (entry?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  // FTP has no command that compares: what others change behind this look goes.
  if (unchanged && entry && !isSameEntry(entry, unchanged)) throw changedMeanwhile();
  try {
    await remove(pool, path, options);
  } catch (error) {
    throw await explainedFailure(error, pool, path, { directory: 'is-directory', nothing: 'not-found' });
  }
  // A link to nothing has no entry of its own that could be asked for.
  return entry ?? { name: path.slice(path.lastIndexOf('/') + 1), kind: 'link', size: 0, modified: new Date(0) };
}

/** @throws StorageError */
export async function makeEmptyDirectory(pool: Pool, path: VirtualPath, options: CallOptions): Promise<void> {
  const alone = async (isDoubtful: boolean): Promise<void> => {
    try {
      await makeDirectory(pool, path, options);
    } catch (error) {
      // Nobody puts anything into it before it is known to be there: an empty one is what the bundle made before it broke.
      const isThere = isDoubtful && error instanceof ClientError && error.code === 'exists';
      if (!isThere || !(await isSeenEmpty(pool, path, options))) throw error;
    }
  };
  try {
    if (canBundle(pool, 'STOR')) await makeTogether(pool, path, alone, options.signal);
    else await alone(false);
  } catch (error) {
    throw await explainedFailure(error, pool, path, { file: 'exists', directory: 'exists', link: 'exists' });
  }
}

/** Whether a whole listing shows nothing in it. */
async function isSeenEmpty(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<boolean> {
  try {
    for await (const entries of listEntries(pool, path, { signal, unfinished: true })) {
      if (entries.length > 0) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** @throws StorageError */
export async function removeEmptyDirectory(pool: Pool, path: VirtualPath, options: CallOptions): Promise<void> {
  if (path === ROOT) throw new StorageError('denied', 'The root stays');
  try {
    await removeDirectory(pool, path, options);
  } catch (error) {
    const meanings = { file: 'not-directory', link: 'not-directory', nothing: 'not-found' } as const;
    const failure = await explainedFailure(error, pool, path, meanings);
    if (failure.code === 'denied' && (await hasEntries(pool, path, options))) {
      throw new StorageError('not-empty', 'The directory is not empty', { cause: error });
    }
    throw failure;
  }
}

/** @throws StorageError */
export async function makeLink(pool: Pool, path: VirtualPath, target: string, { signal }: CallOptions): Promise<void> {
  try {
    await change(pool, signal, async (session) => session.makeLink?.(path, target, signal));
  } catch (error) {
    throw await explainedFailure(error, pool, path, { file: 'exists', directory: 'exists', link: 'exists' });
  }
}

async function hasEntries(pool: Pool, path: VirtualPath, options: CallOptions): Promise<boolean> {
  try {
    for await (const _ of listEntries(pool, path, options)) return true;
    return false;
  } catch (error) {
    // The server's own refusal says more than that nobody knows.
    if (isIncompleteListing(error)) return false;
    throw error;
  }
}

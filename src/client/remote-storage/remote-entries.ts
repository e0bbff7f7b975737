import {
  baseName,
  type CallOptions,
  type Entry,
  type ListOptions,
  notFound,
  parentOf,
  ROOT,
  type StatOptions,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { ask } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { entriesOf } from '../listing/directory-entries.ts';
import type { RemoteEntry } from '../listing/entry.ts';
import { IncompleteListing } from '../listing/incomplete-listing.ts';
import { stat } from '../listing/stat.ts';
import { isUploadName } from '../transfer/temporary-name.ts';
import { publishesWhole } from './own-server.ts';
import { explainedFailure, storageFailure } from './storage-failure.ts';

/**
 * What a path leads to, or the link itself, which servers show in the listing of its directory alone: MLST of many, ours
 * among them, follows it. @throws StorageError
 */
export async function statEntry(
  pool: Pool,
  path: VirtualPath,
  { followLinks = true, signal }: StatOptions = {},
): Promise<Entry> {
  try {
    if (!followLinks && path !== ROOT)
      return (await entryItself(pool, path, signal)) ?? (await listedEntry(pool, path, signal));
    const entry = await stat(pool, path, { ...(signal && { signal }) });
    // A listing shows the link itself; what it leads to shows in what can be done with it.
    const target = entry.kind === 'link' ? await ask(pool, signal, (session) => session.probe(path, signal)) : entry;
    if (!target) throw new StorageError('not-found', 'The link leads to nothing');
    const found = storageEntry(target);
    if (!found) throw new StorageError('denied', 'This is not a regular file');
    return found;
  } catch (error) {
    throw await explainedFailure(error, pool, path, {}, signal);
  }
}

/**
 * The entries of a directory.
 * @throws StorageError; behind the entries one that is caused by `IncompleteListing` where there may be more, for want of a
 * close_notify too (whoever uses a storage may delete by what is not there), or entries of a
 * kind that a storage does not have among them: a sync that deletes must not take those for something that is not there
 */
export async function* listEntries(
  pool: Pool,
  path: VirtualPath,
  { signal, unfinished = false }: ListOptions = {},
): AsyncGenerator<readonly Entry[]> {
  let batch: Entry[] = [];
  let count = 0;
  let sample: string | undefined;
  try {
    for await (const entry of entriesOf(pool, path, { ...(signal && { signal }), needsEnd: true })) {
      if (!unfinished && isUploadName(entry.name)) continue;
      const found = storageEntry(entry);
      if (found) batch.push(found);
      else {
        count += 1;
        sample ??= entry.name;
      }
      if (batch.length < ENTRIES_A_BATCH) continue;
      yield batch;
      batch = [];
    }
    if (count > 0) throw new IncompleteListing({ path, reason: 'kinds', count, sample });
  } catch (error) {
    // What came before counts: whoever reads decides what a listing is worth that is not whole.
    if (batch.length > 0) yield batch;
    throw await explainedFailure(error, pool, path, { file: 'not-directory', nothing: 'not-found' }, signal);
  }
  if (batch.length > 0) yield batch;
}

const ENTRIES_A_BATCH = 64;

/** Of a link, the link; undefined where only a listing tells. */
async function entryItself(pool: Pool, path: VirtualPath, signal: AbortSignal | undefined): Promise<Entry | undefined> {
  const told = await ask(pool, signal, async (session) =>
    session.facts.abilities.statsLinks ? session.stat(path, signal) : undefined,
  );
  const entry = told && storageEntry(told);
  if (told && !entry) throw new StorageError('denied', 'This is not a regular file');
  return entry;
}

async function listedEntry(pool: Pool, path: VirtualPath, signal: AbortSignal | undefined): Promise<Entry> {
  const name = baseName(path);
  for await (const entries of listEntries(pool, parentOf(path), { signal })) {
    const entry = entries.find((each) => each.name === name);
    if (entry) return entry;
  }
  throw notFound();
}

/** What has the name, undefined for nothing, also where there is no directory for it. */
async function publishedEntry(pool: Pool, path: VirtualPath, { signal }: CallOptions = {}): Promise<Entry | undefined> {
  return unlessAbsent(() => statEntry(pool, path, { signal }));
}

async function unlessAbsent(look: () => Promise<Entry>): Promise<Entry | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof StorageError && (error.code === 'not-found' || error.code === 'not-directory'))
      return undefined;
    throw error;
  }
}

/** What a change of a name is about: of a link, the link itself, where that can be told without a listing. */
export async function namedEntry(pool: Pool, path: VirtualPath, options: CallOptions = {}): Promise<Entry | undefined> {
  return unlessAbsent(async () => (await itselfAt(pool, path, options)) ?? (await statEntry(pool, path, options)));
}

async function itselfAt(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<Entry | undefined> {
  try {
    return await entryItself(pool, path, signal);
  } catch (error) {
    throw await explainedFailure(error, pool, path, {}, signal);
  }
}

/**
 * What stands where an upload goes, links followed. Without MLST the path itself is asked: a listing of the directory for
 * each file that goes into it would cost the square of their number.
 */
export async function entryAt(pool: Pool, path: VirtualPath, { signal }: CallOptions = {}): Promise<Entry | undefined> {
  try {
    const probed = await ask(pool, signal, async (session) =>
      session.quickestLook === 'probe' ? session.probe(path, signal) : 'not asked',
    );
    if (probed === 'not asked') return await publishedEntry(pool, path, { signal });
    return probed && storageEntry(probed);
  } catch (error) {
    throw storageFailure(error);
  }
}

/**
 * An interrupted upload that the server keeps under this name: such a one has a size and nothing else, no listing shows
 * it.
 */
export async function partialEntry(
  pool: Pool,
  path: VirtualPath,
  { signal }: CallOptions = {},
): Promise<Entry | undefined> {
  try {
    if (!(await publishesWhole(pool)) || (await publishedEntry(pool, path, { signal }))) return undefined;
    const size = await ask(pool, signal, (session) => session.size(path, signal));
    return storageEntry({ name: path.slice(path.lastIndexOf('/') + 1), path, kind: 'file', size });
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'not-found' || error.code === 'refused')) return undefined;
    throw storageFailure(error);
  }
}

/** Undefined for what a storage does not show: devices and the like. */
export function storageEntry({ kind, size = 0, modified = NEVER, ...entry }: RemoteEntry): Entry | undefined {
  if (kind === 'other') return undefined;
  const { path: _path, permissions: _permissions, modifiedPrecision, role: _role, ...rest } = entry;
  const isVague = modifiedPrecision === 'minute' || modifiedPrecision === 'day';
  return { ...rest, kind, size: kind === 'directory' ? 0 : size, modified, ...(isVague && { modifiedPrecision }) };
}

/** Of a time that the server does not tell. */
const NEVER = new Date(0);

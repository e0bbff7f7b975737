import { type Entry, joinPath, type UnlistedEntry, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import { isIncompleteListing, lacksEndAlone } from '../listing/incomplete-listing.ts';
import { isTemporaryName } from '../transfer/temporary-name.ts';
import type { FilterVerdict } from './filter.ts';
import type { Run } from './run.ts';
import type { Side } from './side.ts';
import type { SyncEntryStep } from './step.ts';

export interface Listing {
  /** In the order of their names. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Files that are not whole, under the names that uploads and downloads give them: no part of what is synchronised. */
  readonly temporary: readonly string[];
  /** What a storage, which may be a hostile server, gave and no directory can hold. */
  readonly refused: readonly { readonly name: string; readonly error: unknown }[];
  /** What is there and was left out of the listing, by name. */
  readonly unlisted: ReadonlyMap<string, UnlistedEntry>;
  /** Why there may be more in it than this. */
  readonly incomplete: { readonly error: unknown } | undefined;
  /** Whether it was made when the walk began. */
  readonly isAhead: boolean;
}

/** `ahead`: as it was when the walk began, where that is known. `again`: its entries are counted already. */
export type ListedWhen = 'ahead' | 'now' | 'again';

/**
 * The whole of a directory. It is read to its end before anything is done: only a complete listing may lead to a
 * deletion, and a server that is still listing can do nothing else.
 */
export async function listDirectory(
  run: Run,
  side: Side,
  path: VirtualPath,
  when: ListedWhen = 'now',
): Promise<Listing> {
  const ahead = when === 'ahead' ? run.trees.take(side, path) : undefined;
  const listed = ahead ? [ahead] : side.storage.list(side.at(path), { signal: run.signal, unfinished: true });
  const found = new Map<string, Entry>();
  const temporary: string[] = [];
  const refused: { name: string; error: unknown }[] = [];
  let incomplete: Listing['incomplete'];
  try {
    for await (const entries of listed) {
      for (const entry of entries) {
        if (when !== 'again') run.countEntry();
        if (found.size + temporary.length + refused.length >= run.plan.maxDirectoryEntries) throw tooMany();
        const error = refusalOf(path, entry, found);
        if (error === undefined && entry.kind === 'file' && isTemporaryName(entry.name)) temporary.push(entry.name);
        else if (error === undefined) found.set(entry.name, entry);
        else refused.push({ name: entry.name, error });
      }
    }
  } catch (error) {
    if (!isIncompleteListing(error)) throw error;
    if (run.plan.delete || !lacksEndAlone(error)) incomplete = { error };
  }
  const unlisted = new Map<string, UnlistedEntry>();
  // Only of the source: what is there must not be taken for absent.
  const left = side === run.source ? side.storage.listUnlisted?.(side.at(path), run) : undefined;
  for await (const entry of left ?? []) {
    if (when !== 'again') run.countEntry();
    if (found.size + unlisted.size >= run.plan.maxDirectoryEntries) throw tooMany();
    unlisted.set(entry.name, entry);
  }
  const names = [...found.keys()].sort();
  const entries = new Map(names.flatMap((name) => pairOf(name, found)));
  return { entries, temporary, refused, unlisted, incomplete, isAhead: ahead !== undefined };
}

/** Tells of the files that are not whole and are left where they are. */
export function* tellTemporary(
  run: Run,
  path: VirtualPath,
  verdict: FilterVerdict,
  { temporary }: Listing,
): Generator<SyncEntryStep> {
  for (const name of temporary) {
    const at = joinPath(path, name);
    if (run.filter.judge(verdict, at, false) === 'out') continue;
    yield { action: 'skip', path: at, reason: 'temporary', outcome: 'skipped' };
  }
}

function pairOf(name: string, found: ReadonlyMap<string, Entry>): readonly (readonly [string, Entry])[] {
  const entry = found.get(name);
  return entry ? [[name, entry]] : [];
}

/** Names come from the peer: `..`, `a/b` and the like would lead elsewhere. */
function refusalOf(path: VirtualPath, { name }: Entry, found: ReadonlyMap<string, Entry>): unknown {
  if (found.has(name)) return new ClientError('exists', 'The listing has this name twice', { phase: 'local' });
  try {
    joinPath(path, name);
    return undefined;
  } catch (error) {
    return error;
  }
}

function tooMany(): ClientError {
  return new ClientError('limit', 'The directory has more than maxDirectoryEntries entries', { phase: 'local' });
}

import { setImmediate } from 'node:timers/promises';
import type { Entry, Files, VirtualPath } from '../core/index.ts';
import type { Sort } from './contract.ts';
import { WebFailure } from './problem.ts';

/** How a directory is listed. */
export interface ListingQuery {
  readonly path: VirtualPath;
  readonly sort: Sort;
  readonly isDescending: boolean;
  /** Lower-case; '' leaves out nothing. */
  readonly find: string;
}

export interface SortOptions {
  /** As many entries as may be held; a larger directory is refused. */
  readonly most: number;
  readonly signal: AbortSignal;
  /** Nothing but the names of the entries is to be true. */
  readonly namesOnly?: boolean;
}

/** Entries that are sorted at once; everything else waits no longer than for these. */
const RUN = 1024;
/** How long everything else may wait for entries that are merged, and how often it is looked whether that is over. */
const SLICE_MS = 2;
const LOOK_EVERY = 256;

/** All entries of a directory in order. Runs of entries are sorted as they come, and merged pair by pair, with turns for everything else in between. */
export async function sorted(
  files: Pick<Files, 'list'>,
  { path, sort, isDescending, find }: ListingQuery,
  { most, signal, namesOnly = false }: SortOptions,
): Promise<readonly Entry[]> {
  const compare = comparing(sort, isDescending);
  const runs: (readonly Keyed[])[] = [];
  let run: Keyed[] = [];
  let count = 0;
  for await (const batch of files.list(path, { signal, namesOnly })) {
    for (const entry of batch) {
      const key = entry.name.toLowerCase();
      if (find !== '' && !key.includes(find)) continue;
      run.push({ entry, key });
      count += 1;
    }
    if (count > most) throw tooMany(most);
    if (run.length < RUN) continue;
    runs.push(compare ? run.sort(compare) : run);
    run = [];
  }
  runs.push(compare ? run.sort(compare) : run);
  const inRuns = compare ? await merged(runs, compare, signal) : runs;
  return inRuns.flatMap((each) => each.map(({ entry }) => entry));
}

/** An entry, and its name in lower case, which is compared many times. */
interface Keyed {
  readonly entry: Entry;
  readonly key: string;
}

type Compare = (one: Keyed, other: Keyed) => number;

function tooMany(most: number): WebFailure {
  const message = `More than ${most} entries can not be shown (limits.maxWebListedEntries): look for a part of the name`;
  return new WebFailure(422, 'too-many-entries', message);
}

/** One run of all. */
async function merged(
  runs: readonly (readonly Keyed[])[],
  compare: Compare,
  signal: AbortSignal,
): Promise<readonly (readonly Keyed[])[]> {
  if (runs.length <= 1) return runs;
  const pairs: (readonly Keyed[])[] = [];
  for (let at = 0; at < runs.length; at += 2) {
    pairs.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare));
  }
  signal.throwIfAborted();
  return merged(pairs, compare, signal);
}

async function merge(one: readonly Keyed[], other: readonly Keyed[], compare: Compare): Promise<readonly Keyed[]> {
  const merged: Keyed[] = [];
  let [left, right] = [0, 0];
  let turned = performance.now();
  for (;;) {
    const [first, second] = [one[left], other[right]];
    if (first === undefined || second === undefined) break;
    if (compare(first, second) <= 0) {
      merged.push(first);
      left += 1;
    } else {
      merged.push(second);
      right += 1;
    }
    if (merged.length % LOOK_EVERY > 0 || performance.now() - turned < SLICE_MS) continue;
    await setImmediate();
    turned = performance.now();
  }
  return merged.concat(one.slice(left), other.slice(right));
}

/** Directories first; what is alike otherwise is in the order of its names. */
function comparing(sort: Sort, isDescending: boolean): Compare | undefined {
  if (sort === 'none') return undefined;
  const sign = isDescending ? -1 : 1;
  const compared = ORDERS[sort];
  return (one, other) =>
    Number(other.entry.kind === 'directory') - Number(one.entry.kind === 'directory') ||
    sign * (compared(one.entry, other.entry) || byName(one, other));
}

function byName(one: Keyed, other: Keyed): number {
  return inOrder(one.key, other.key) || inOrder(one.entry.name, other.entry.name);
}

function inOrder(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

const ORDERS: { readonly [sort in Exclude<Sort, 'none'>]: (one: Entry, other: Entry) => number } = {
  name: () => 0,
  size: (one, other) => one.size - other.size,
  modified: (one, other) => one.modified.getTime() - other.modified.getTime(),
};

import { type Entry, namesOf, ROOT, type VirtualPath } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { Directory } from './directory.ts';
import { storageError } from './failures.ts';
import { entriesIn } from './listing.ts';
import { TRASH_NAME } from './names.ts';
import type { Walk } from './walk.ts';

/** What a directory may answer when others change the tree while it is walked. */
const PASSED_OVER = new Set(['not-found', 'not-directory', 'denied', 'invalid-name']);

/** Each directory costs a step for each name on the way to it. As many names as a path can have. */
const MAX_DEPTH = 2048;

interface Passage {
  /** Whether a directory, and what lies below it, is visited at all. @param path as text: its names may be such as no path holds */
  readonly enter: (directory: Directory, path: string) => Promise<boolean>;
  /** All entries of the directory were visited. */
  readonly leave: (directory: Directory) => Promise<void>;
}

/** What is kept of removed files is no part of the tree. */
export const BESIDE_TRASH: Passage = {
  enter: async (_, path) => !path.endsWith(`/${TRASH_NAME}`),
  leave: async () => undefined,
};

/** A directory that is still to be visited. The ways of all share what they have in common. */
interface Pending {
  readonly parent: Pending | undefined;
  readonly name: string;
  readonly depth: number;
}

/**
 * Visits every entry below a directory, ours too, one directory after the other, and follows no link. What vanishes or
 * may not be read is passed over. What no path can name or reach is visited as well: a rename takes a whole directory
 * along, however deep.
 * @returns whether all was visited, but for what was passed over: not where directories lie too deep in each other
 */
export async function visitTree(
  walk: Walk,
  top: VirtualPath,
  visit: (entry: Entry, directory: Directory) => Promise<void> | void,
  signal?: AbortSignal,
  passage?: Passage,
): Promise<boolean> {
  const above = namesOf(top);
  const first: Pending = { parent: undefined, name: '', depth: 0 };
  const pending = [first];
  let isWhole = true;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const names = [...above, ...namesTo(at)];
    try {
      await using location = await walk.resolveNames(names, false);
      await using directory = await location.directory.open(location.name);
      if (passage && !(await passage.enter(directory, `${ROOT}${names.join('/')}`))) continue;
      for await (const entries of entriesIn(directory, signal)) {
        for (const entry of entries) {
          if (entry.kind === 'directory') {
            if (at.depth < MAX_DEPTH) pending.push({ parent: at, name: entry.name, depth: at.depth + 1 });
            else isWhole = false;
          }
          await visit(entry, directory);
        }
      }
      await passage?.leave(directory);
    } catch (error) {
      throwIfAborted(signal);
      if (at === first || !PASSED_OVER.has(storageError(error).code)) throw error;
    }
  }
  return isWhole;
}

function namesTo(last: Pending): string[] {
  const names: string[] = [];
  for (let at = last; at.parent !== undefined; at = at.parent) names.push(at.name);
  return names.toReversed();
}

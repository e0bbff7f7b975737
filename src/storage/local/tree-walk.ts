import { type Entry, joinPath, type VirtualPath } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { Directory } from './directory.ts';
import { storageError } from './failures.ts';
import { entriesIn } from './listing.ts';
import type { Walk } from './walk.ts';

/** What a directory may answer when others change the tree while it is walked. */
const PASSED_OVER = new Set(['not-found', 'not-directory', 'denied', 'invalid-name']);

interface Passage {
  /** Whether a directory, and what lies below it, is visited at all. */
  readonly enter: (directory: Directory, path: VirtualPath) => Promise<boolean>;
  /** All entries of the directory were visited. */
  readonly leave: (directory: Directory) => Promise<void>;
}

/**
 * Visits every entry below a directory, ours too, one directory after the other, and follows no link. What vanishes or
 * may not be read is passed over; so is what lies too deep for a path to reach.
 */
export async function visitTree(
  walk: Walk,
  top: VirtualPath,
  visit: (entry: Entry, directory: Directory) => Promise<void> | void,
  signal?: AbortSignal,
  passage?: Passage,
): Promise<void> {
  const pending = [top];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    try {
      await using place = await walk.resolve(path, false);
      await using directory = await place.directory.open(place.name);
      if (passage && !(await passage.enter(directory, path))) continue;
      for await (const entries of entriesIn(directory, signal)) {
        for (const entry of entries) {
          if (entry.kind === 'directory') pending.push(joinPath(path, entry.name));
          await visit(entry, directory);
        }
      }
      await passage?.leave(directory);
    } catch (error) {
      throwIfAborted(signal);
      if (path === top || !PASSED_OVER.has(storageError(error).code)) throw error;
    }
  }
}

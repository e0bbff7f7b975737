import { type Entry, joinPath, type VirtualPath } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { Directory } from './directory.ts';
import { storageError } from './failures.ts';
import { entriesIn } from './listing.ts';
import type { Walk } from './walk.ts';

/** What a directory may answer when others change the tree while it is walked. */
const PASSED_OVER = new Set(['not-found', 'not-directory', 'denied', 'invalid-name']);

/**
 * Visits every entry below a directory, ours too, one directory after the other, and follows no link. What vanishes or
 * may not be read is passed over; so is what lies too deep for a path to reach.
 * @param leave is called for each directory when all its entries were visited
 */
export async function visitTree(
  walk: Walk,
  top: VirtualPath,
  visit: (entry: Entry, directory: Directory) => Promise<void> | void,
  signal?: AbortSignal,
  leave?: (directory: Directory) => Promise<void>,
): Promise<void> {
  const pending = [top];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    try {
      await using place = await walk.resolve(path, false);
      await using directory = await place.directory.open(place.name);
      for await (const entries of entriesIn(directory, signal)) {
        for (const entry of entries) {
          if (entry.kind === 'directory') pending.push(joinPath(path, entry.name));
          await visit(entry, directory);
        }
      }
      await leave?.(directory);
    } catch (error) {
      throwIfAborted(signal);
      if (path === top || !PASSED_OVER.has(storageError(error).code)) throw error;
    }
  }
}

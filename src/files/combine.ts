import { pipeline } from 'node:stream/promises';
import {
  type Entry,
  isSameEntry,
  type RightsTest,
  type Storage,
  StorageError,
  type VirtualPath,
} from '../core/index.ts';
import { readUnchanged } from './pour-file.ts';
import { publishedAt } from './published.ts';

export interface CombineParts {
  readonly storage: Storage;
  readonly allows: RightsTest;
  readonly target: VirtualPath;
  readonly parts: readonly VirtualPath[];
  readonly signal?: AbortSignal | undefined;
}

export interface Combined {
  readonly entry: Entry;
  readonly replaced: { readonly replaced?: Entry };
  readonly removed: readonly Part[];
  readonly changed: readonly VirtualPath[];
  readonly unremoved: readonly VirtualPath[];
}

/** A part, as it was when the join began. */
interface Part {
  readonly path: VirtualPath;
  readonly entry: Entry;
}

/** Joins files into one, and removes the parts that are as they were. */
export async function combine({ storage, allows, target, parts: paths, signal }: CombineParts): Promise<Combined> {
  if (!paths.every((path) => allows('delete', path))) {
    throw new StorageError('denied', 'The parts could not be removed: no right to delete');
  }
  const parts: Part[] = [];
  for (const path of paths) parts.push({ path, entry: await storage.stat(path, { signal }) });
  const standing = await publishedAt(storage, target, { signal });
  const wholes = standing ? identity({ path: target, entry: standing }) : target;
  if (new Set([...parts.map(identity), wholes]).size <= parts.length) {
    throw new StorageError('invalid-name', 'A part may be given once, and not as the target');
  }
  const { replaced, warning: _, ...entry } = await joined(storage, target, parts, signal);
  return { entry, replaced: replaced ? { replaced } : {}, ...(await removeUnchanged(storage, parts)) };
}

/** One file has many paths: through links, and by further names. */
function identity({ path, entry }: Part): string {
  return entry.unique ?? path;
}

async function joined(storage: Storage, target: VirtualPath, parts: readonly Part[], signal: AbortSignal | undefined) {
  const upload = await storage.write(target, { at: 'end', signal });
  try {
    for (const part of parts) {
      signal?.throwIfAborted();
      await pipeline(await readUnchanged({ storage, ...part }, { signal }), upload.sink, {
        end: false,
        ...(signal && { signal }),
      });
    }
    return await upload.commit();
  } catch (error) {
    await upload.discard();
    throw error;
  }
}

/**
 * What was uploaded over a part meanwhile is in no other file. The whole stands by now: a failure of all would have the
 * parts joined to it once more.
 */
async function removeUnchanged(
  storage: Storage,
  parts: readonly Part[],
): Promise<Pick<Combined, 'removed' | 'changed' | 'unremoved'>> {
  const removed: Part[] = [];
  const changed: VirtualPath[] = [];
  const unremoved: VirtualPath[] = [];
  for (const part of parts) {
    const outcome = await removal(storage, part);
    if (outcome === 'changed') changed.push(part.path);
    else if (outcome === 'failed') unremoved.push(part.path);
    else if (outcome !== 'gone') removed.push({ path: part.path, entry: outcome });
  }
  return { removed, changed, unremoved };
}

/** It may be changed meanwhile: what was appended to it then, and confirmed, is in no other file. */
async function removal(storage: Storage, { path, entry }: Part): Promise<Entry | 'changed' | 'gone' | 'failed'> {
  try {
    const now = await publishedAt(storage, path);
    if (now === undefined) return 'gone';
    // Through a link, which is removed without a look at what it leads to.
    return isSameEntry(entry, now) ? await storage.remove(path, { unchanged: entry }) : 'changed';
  } catch (error) {
    if (error instanceof StorageError && error.code === 'busy') return 'changed';
    if (error instanceof StorageError && error.code === 'not-found') return 'gone';
    return 'failed';
  }
}

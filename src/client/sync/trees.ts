import { type Entry, type Storage, StorageError, type VirtualPath } from '../../core/index.ts';
import { ClientError } from '../errors.ts';
import type { Side } from './side.ts';

/** The listings of a side that came in one go, at the beginning of a walk; each is used once. */
export class Trees {
  readonly #listings: Map<Side, Map<VirtualPath, readonly Entry[]>> = new Map();

  /** Fetches what can be had at once. What can't is listed when the walk comes to it. @throws `aborted` alone */
  async fetch(side: Side, path: VirtualPath, signal: AbortSignal): Promise<void> {
    const { storage } = side;
    if (!storage.listTree) return;
    const listings = await treeOf(storage, side.at(path), signal);
    this.#listings.set(side, new Map(listings));
  }

  take(side: Side, path: VirtualPath): readonly Entry[] | undefined {
    const listings = this.#listings.get(side);
    const entries = listings?.get(side.at(path));
    listings?.delete(side.at(path));
    return entries;
  }
}

async function treeOf(
  storage: Storage,
  path: VirtualPath,
  signal: AbortSignal,
): Promise<ReadonlyMap<VirtualPath, readonly Entry[]>> {
  try {
    return (await storage.listTree?.(path, { signal, unfinished: true })) ?? new Map();
  } catch (error) {
    if (signal.aborted || !(error instanceof StorageError || error instanceof ClientError)) throw error;
    return new Map();
  }
}

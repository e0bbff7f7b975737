import { ROOT, rebase, type Storage, type VirtualPath } from '../../core/index.ts';

/** One end of a run: a storage, and where in it the paths of the run are. */
export interface Side {
  readonly storage: Storage;
  at(path: VirtualPath): VirtualPath;
}

/**
 * The files below `home`. A storage that can confine does it itself, and holds it against links that are put in the
 * way meanwhile; of another one only paths below `home` are asked for.
 */
export function sideOf(storage: Storage, home: VirtualPath, followLinks: boolean): Side {
  const confined = storage.confine?.(home, { followLinks });
  if (confined) return { storage: confined, at: (path) => path };
  return { storage, at: (path) => rebase(ROOT, home, path) };
}

import type { VirtualPath } from './path.ts';

/** Nothing at a path or below it is changed or removed until somebody lifts it. */
export interface Hold {
  readonly path: VirtualPath;
  readonly since: Date;
  /** Who has set it. */
  readonly by: string;
  /** For people. */
  readonly reason: string;
}

/** The legal holds of a storage. They hold in all views of it, for everybody. */
export interface Holds {
  /** Those that concern what a view shows. */
  list(): Promise<readonly Hold[]>;
  /** @throws StorageError `exists` where there is one of this path */
  set(path: VirtualPath, hold: Pick<Hold, 'by' | 'reason'>): Promise<void>;
  /** @throws StorageError `not-found` where there is none of this path */
  lift(path: VirtualPath): Promise<void>;
}

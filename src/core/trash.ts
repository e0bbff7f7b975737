import type { VirtualPath } from './path.ts';

/** A file or link that was removed, or that another one took the place of, and that is kept for a while. */
export interface KeptFile extends KeptFileKey {
  readonly kind: 'file' | 'link';
  /** When it lost its name. */
  readonly since: Date;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
}

export interface KeptFileKey {
  /** Tells it from other ones of its path. */
  readonly id: string;
  /** Where it stood. */
  readonly path: VirtualPath;
}

interface TrashOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What a storage keeps of files that lost their names. Nothing of it has a path that a client could give. */
export interface Trash {
  /** Those that stood at a path or below it, in no order. */
  list(path: VirtualPath, options?: TrashOptions): AsyncIterable<KeptFile>;
  /**
   * Gives one a name again, which must be free; directories on the way to it are made.
   * @throws StorageError `exists` where anything has the name, `not-found` where it is kept no more
   */
  restore(file: KeptFileKey, to: VirtualPath): Promise<void>;
  /** Forgets one. @throws StorageError `not-found` where it is kept no more */
  purge(file: KeptFileKey): Promise<void>;
}

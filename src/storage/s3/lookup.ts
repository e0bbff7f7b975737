import { baseName, interrupted, notFound, parentOf, ROOT, StorageError, type VirtualPath } from '../../core/index.ts';
import type { Bucket, ObjectInfo } from './bucket.ts';
import type { Keys } from './keys.ts';

/** What stands at a path. */
export type FoundObject =
  | { readonly kind: 'file'; readonly info: ObjectInfo }
  | { readonly kind: 'directory'; readonly marker: ObjectInfo | undefined };

/** Looks up what is at paths. Where a key is both a file and what others begin with, the file is what the path names. */
export class Lookup {
  readonly #bucket: Bucket;
  readonly #keys: Keys;

  constructor(bucket: Bucket, keys: Keys) {
    this.#bucket = bucket;
    this.#keys = keys;
  }

  async at(path: VirtualPath, signal?: AbortSignal): Promise<FoundObject | undefined> {
    const [info, isDirectory] = await Promise.all([
      path === ROOT ? undefined : this.#bucket.head(this.#keys.file(path), signal),
      this.isDirectory(path, signal),
    ]);
    if (info) return { kind: 'file', info };
    if (!isDirectory) return undefined;
    const key = this.#keys.directory(path);
    const isMarked = this.#bucket.settings.keepsAttributes && key !== '';
    return { kind: 'directory', marker: isMarked ? await this.#bucket.head(key, signal) : undefined };
  }

  /** @throws StorageError where nothing is there */
  async existing(path: VirtualPath, signal?: AbortSignal): Promise<FoundObject> {
    return (await this.at(path, signal)) ?? this.missing(path, signal);
  }

  /** @throws StorageError where no file is there, and `incomplete` for an interrupted upload */
  async file(path: VirtualPath, signal?: AbortSignal): Promise<ObjectInfo> {
    const found = await this.at(path, signal);
    if (found?.kind === 'file') return found.info;
    return this.noFile(path, found?.kind === 'directory', signal);
  }

  async noFile(path: VirtualPath, isDirectory: boolean, signal?: AbortSignal): Promise<never> {
    if (isDirectory) throw isADirectory();
    if (await this.#bucket.head(this.#keys.interrupted(this.#keys.file(path)), signal)) throw interrupted();
    return this.missing(path, signal);
  }

  async isDirectory(path: VirtualPath, signal?: AbortSignal): Promise<boolean> {
    const key = this.#keys.directory(path);
    return this.#keys.isTop(key) || this.#bucket.hasBelow(key, signal);
  }

  /** @throws StorageError where an entry can't be made at the path for want of a directory */
  async needsParent(path: VirtualPath, signal?: AbortSignal): Promise<void> {
    const parent = parentOf(path);
    const [isDirectory, file] = await Promise.all([
      this.isDirectory(parent, signal),
      parent === ROOT ? undefined : this.#bucket.head(this.#keys.file(parent), signal),
    ]);
    if (file) throw notADirectory();
    if (!isDirectory) await this.missing(parent, signal);
  }

  /** @throws StorageError for a path where nothing is: `not-directory` where a file is in its way */
  async missing(path: VirtualPath, signal?: AbortSignal): Promise<never> {
    for (let above = parentOf(path); above !== ROOT; above = parentOf(above)) {
      if (await this.#bucket.head(this.#keys.file(above), signal)) throw notADirectory();
      if (await this.isDirectory(above, signal)) break;
    }
    throw notFound();
  }
}

export function nameOf(path: VirtualPath): string {
  return path === ROOT ? '' : baseName(path);
}

export function isADirectory(): StorageError {
  return new StorageError('is-directory', 'This is a directory');
}

export function notADirectory(): StorageError {
  return new StorageError('not-directory', 'This is not a directory');
}

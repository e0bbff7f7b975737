import { type Files, joinPath, type Limits, ROOT, StorageError, type VirtualPath } from '../core/index.ts';
import type { RemovalResult } from './contract.ts';
import { failureOf, isUnexpected, WebFailure } from './problem.ts';

/** Failures of one path that are named. */
const MAX_NAMED = 100;

export interface RemovalBounds {
  readonly limits: Pick<Limits, 'maxWebRemovedEntries' | 'maxWebTreeDepth'>;
  readonly signal: AbortSignal;
  readonly isRecursive: boolean;
  /** Told what nobody foresaw. */
  readonly onFailure: (error: unknown) => void;
}

/** Removes paths, one after the other. What can't be removed stays, and so does the directory that it is in; everything else goes. */
export class Removing {
  readonly #files: Files;
  readonly #bounds: RemovalBounds;
  #left: number;

  constructor(files: Files, bounds: RemovalBounds) {
    this.#files = files;
    this.#bounds = bounds;
    this.#left = bounds.limits.maxWebRemovedEntries;
  }

  async remove(path: VirtualPath): Promise<RemovalResult> {
    const failures: NonNullable<RemovalResult['failures']>[number][] = [];
    const counted = { path, removed: 0, failures };
    await this.#remove(path, counted, 0, undefined);
    const { removed } = counted;
    return { path, removed, ...(failures.length > 0 && { failures }) };
  }

  /** Gives whether it is gone. */
  async #remove(path: VirtualPath, counted: Counted, depth: number, known: boolean | undefined): Promise<boolean> {
    try {
      this.#bounds.signal.throwIfAborted();
      if (path === ROOT) throw new StorageError('denied', 'The root stays');
      const isDirectory = known ?? (await this.#files.stat(path, { followLinks: false })).kind === 'directory';
      if (isDirectory && this.#bounds.isRecursive && !(await this.#empty(path, counted, depth))) return false;
      this.#count();
      if (isDirectory) await this.#files.removeDirectory(path);
      else await this.#files.remove(path);
      counted.removed += 1;
      return true;
    } catch (error) {
      if (isUnexpected(error)) this.#bounds.onFailure(error);
      const { code, message: detail } = failureOf(error);
      if (counted.failures.length < MAX_NAMED) counted.failures.push({ path, code, detail });
      return false;
    }
  }

  /** The names of a batch are known before the first of them goes; a directory that changes meanwhile is looked through again at its end. */
  async #empty(directory: VirtualPath, counted: Counted, depth: number): Promise<boolean> {
    if (depth >= this.#bounds.limits.maxWebTreeDepth) {
      throw new WebFailure(422, 'too-many-entries', 'The directories are too deep (limits.maxWebTreeDepth)');
    }
    let isEmpty = true;
    for await (const batch of this.#files.list(directory, { signal: this.#bounds.signal })) {
      for (const { name, kind } of batch) {
        const isGone = await this.#remove(joinPath(directory, name), counted, depth + 1, kind === 'directory');
        isEmpty &&= isGone;
        if (this.#left <= 0) return false;
      }
    }
    return isEmpty;
  }

  #count(): void {
    if (this.#left <= 0) {
      throw new WebFailure(
        422,
        'too-many-entries',
        'Too much for one request (limits.maxWebRemovedEntries): remove again',
      );
    }
    this.#left -= 1;
  }
}

interface Counted {
  readonly path: VirtualPath;
  removed: number;
  readonly failures: { path: string; code: string; detail: string }[];
}

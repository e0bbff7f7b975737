import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { decodeText, ROOT, resolvePath, type VirtualPath } from '../core/index.ts';
import { isFileLocked } from '../database/index.ts';
import { LOCK_NAME } from '../storage/index.ts';

export interface RootsBelow {
  /** The directory of the host that a server holds. */
  readonly held?: string;
  /** Directories that were held once: the lock is there, and free. */
  readonly abandoned: readonly VirtualPath[];
  /** False where a bound ended the search. */
  readonly isComplete: boolean;
}

export interface SearchBounds {
  /** Ends the search. Default: after 2 s, for a start waits for it, and a medium that does not answer would hold it up for ever. */
  readonly signal?: AbortSignal;
  readonly maxDirectories?: number;
}

const LOCK_FILE = Buffer.from(LOCK_NAME);
const MAX_MS = 2_000;
const MAX_DIRECTORIES = 100_000;

/**
 * Looks for the roots of other servers below a directory, level by level: a bound leaves out the deepest. No link is
 * followed. What is on no disk of this machine is seen as far as the file system shares its locks.
 */
export async function rootsBelow(root: string, bounds: SearchBounds = {}): Promise<RootsBelow> {
  const { signal = AbortSignal.timeout(MAX_MS), maxDirectories = MAX_DIRECTORIES } = bounds;
  const search = new Search(root, maxDirectories);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => end(), { once: true });
  await Promise.race([search.run(signal), signal.aborted ? undefined : ended]);
  return search.result;
}

class Search {
  readonly #root: Buffer;
  /** Paths of directories, in the bytes that the system has. */
  readonly #directories: Buffer[];
  readonly #maxDirectories: number;
  readonly #abandoned: VirtualPath[] = [];
  #held: string | undefined;
  #isComplete = false;

  constructor(root: string, maxDirectories: number) {
    this.#root = Buffer.from(root);
    this.#directories = [this.#root];
    this.#maxDirectories = maxDirectories;
  }

  get result(): RootsBelow {
    const abandoned = [...this.#abandoned];
    return { abandoned, isComplete: this.#isComplete, ...(this.#held !== undefined && { held: this.#held }) };
  }

  async run(signal: AbortSignal): Promise<void> {
    // There are more of them on the way.
    for (const directory of this.#directories) {
      await this.#look(directory, signal);
      if (this.#held !== undefined || signal.aborted) return;
    }
    this.#isComplete = this.#directories.length < this.#maxDirectories;
  }

  async #look(directory: Buffer, signal: AbortSignal): Promise<void> {
    try {
      for await (const entry of await opendir(directory, { encoding: 'buffer' as BufferEncoding })) {
        this.#see(directory, entry);
        if (this.#held !== undefined || signal.aborted) return;
      }
    } catch {
      // It is gone, or not for this user to read, who then can't serve it.
    }
  }

  #see(directory: Buffer, entry: Dirent): void {
    const name = Buffer.from(entry.name);
    const path = Buffer.concat([directory, Buffer.from('/'), name]);
    if (entry.isDirectory()) {
      if (this.#directories.length < this.#maxDirectories) this.#directories.push(path);
    } else if (entry.isFile() && directory !== this.#root && name.equals(LOCK_FILE)) {
      const state = lockState(path);
      if (state === 'held') this.#held = decodeText(directory);
      if (state === 'free') this.#abandoned.push(...pathOf(directory.subarray(this.#root.length)));
    }
  }
}

/** Undefined where it can't be looked at. */
function lockState(file: Buffer): 'held' | 'free' | undefined {
  try {
    return isFileLocked(file) ? 'held' : 'free';
  } catch {
    return undefined;
  }
}

/** None where no path can name the directory: nothing can then say that it was given up, and a sweep leaves it out. */
function pathOf(bytes: Buffer): readonly VirtualPath[] {
  try {
    return [resolvePath(ROOT, decodeText(bytes))];
  } catch {
    return [];
  }
}

import type { PathLike } from 'node:fs';
import { link, rename } from 'node:fs/promises';
import { StorageError } from '../../core/index.ts';
import { type Directory, removeName } from './directory.ts';
import type { EntryLocation } from './entry-location.ts';
import { errorCode } from './failures.ts';
import type { KeptBounds } from './kept-bounds.ts';
import { madeKeptDirectory, removeEmptyKept } from './kept-files.ts';
import { look } from './look.ts';
import { keptName } from './names.ts';

/** Somebody may find the directory of a file empty, and remove it, so many times. */
const MAX_ATTEMPTS = 20;

/** Why a file can't be kept, where that is no failure of the medium. */
const REFUSALS: Readonly<Record<string, string>> = {
  EXDEV: 'Removed files can not be kept here: this directory is on another file system than the storage',
  EPERM: 'Replaced files can not be kept here: the file system gives no second names',
  ENOTSUP: 'Replaced files can not be kept here: the file system gives no second names',
  EOPNOTSUPP: 'Replaced files can not be kept here: the file system gives no second names',
  ENOSYS: 'Replaced files can not be kept here: the file system gives no second names',
};

interface FileKeeperParts {
  readonly root: Directory;
  readonly durable: boolean;
  readonly bounds: KeptBounds;
}

/** A file that is kept, in its directory, which is open. */
interface Kept {
  readonly directory: Directory;
  readonly name: string;
}

/**
 * Keeps what loses its name, in the directory of kept files. No byte is copied. What can not be kept stays as it is. The caller
 * holds the lock of the file.
 */
export class FileKeeper {
  readonly #parts: FileKeeperParts;

  constructor(parts: FileKeeperParts) {
    this.#parts = parts;
  }

  /** Takes a file or a link away from its name: from one moment to the next it stands there no more, and is kept. */
  async keepRemoved(location: EntryLocation): Promise<void> {
    const kept = await this.#kept(location, (path) => rename(location.path, path));
    await this.#count(location, kept);
  }

  /**
   * Gives what stands under a name a second one, by which it is kept once `replace` has given the first one to another file. A
   * crash between both leaves both names, and the file as it was.
   */
  async keepReplaced(location: EntryLocation, replace: () => Promise<void>): Promise<void> {
    const kept = await this.#kept(location, (path) => link(location.path, path));
    try {
      await replace();
    } catch (error) {
      await removeName(kept.directory, kept.name);
      await kept.directory[Symbol.asyncDispose]();
      await removeEmptyKept(this.#parts.root, location.names);
      throw error;
    }
    await this.#count(location, kept);
  }

  async #kept(location: EntryLocation, give: (path: PathLike) => Promise<void>): Promise<Kept> {
    const { root, durable } = this.#parts;
    const name = keptName(Date.now());
    for (let attempts = 1; ; attempts += 1) {
      const directory = await madeKeptDirectory(root, location.names, durable);
      try {
        if (directory) {
          await directory.device.threads(() => give(directory.at(name)));
          if (durable) await directory.sync();
          return { directory, name };
        }
      } catch (error) {
        await directory?.[Symbol.asyncDispose]();
        const isDirectoryGone =
          errorCode(error) === 'ENOENT' && (await look(location.directory, location.name)) !== undefined;
        if (!isDirectoryGone) throw whyNotKept(error);
      }
      if (attempts === MAX_ATTEMPTS) throw new StorageError('busy', 'The file can not be kept at present');
    }
  }

  async #count({ home }: EntryLocation, { directory, name }: Kept): Promise<void> {
    const stats = await look(directory, name);
    await directory[Symbol.asyncDispose]();
    this.#parts.bounds.added(home, Number(stats?.size ?? 0n));
  }
}

/** Has another file take a name, and keeps what stands there where somebody keeps it. */
export function replacing(
  location: EntryLocation,
  keeper: FileKeeper | undefined,
  replace: () => Promise<void>,
): Promise<void> {
  return keeper ? keeper.keepReplaced(location, replace) : replace();
}

function whyNotKept(error: unknown): unknown {
  const refusal = REFUSALS[errorCode(error)];
  return refusal === undefined ? error : new StorageError('unsupported', refusal, { cause: error });
}

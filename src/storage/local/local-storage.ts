import type { PathLike } from 'node:fs';
import { namesOf, StorageError, type VirtualPath } from '../../core/index.ts';
import { changeHead, type Replacement } from './change-head.ts';
import { attempt, storageError } from './failures.ts';
import { FileKeeper } from './file-keeper.ts';
import { KeptBounds } from './kept-bounds.ts';
import { LocalTree } from './local-tree.ts';
import { PROCESS_MARK } from './names.ts';
import { Protection, type RetainedPath } from './protection.ts';
import type { LocalStorageSettings } from './settings.ts';
import { type SweepOptions, type SweepResult, sweepTree } from './sweep.ts';
import { sweepKept } from './sweep-kept.ts';
import { Walk } from './walk.ts';

export interface LocalStorageOptions {
  /** A directory of the host, which exists. */
  readonly root: string;
  /**
   * `durable` (default): what resolved survives a loss of power: bytes, names and directories are on the medium. `fast`
   * leaves the moment to the operating system; an upload is whole or absent all the same after a crash of the process.
   */
  readonly durability?: 'durable' | 'fast';
  /**
   * When the service began that this storage belongs to, in milliseconds since 1970; default: now. All processes that
   * share a root must have the same: it tells what earlier ones left from what the others are writing.
   */
  readonly since?: number;
  /**
   * Who changes files below the root by such storages: `several` processes (default), or `one`, in one thread of it. With
   * `one`, the locks of files are in memory alone. With `several`, each change of a file also makes a link beside the file
   * and removes it. Nothing here keeps a second process out: if one of two says `one`, changes of one file can be lost.
   */
  readonly processes?: 'one' | 'several';
  /** Permission bits of new files, whatever the umask is. Default: 0o644 without those of the umask. */
  readonly fileMode?: number;
  /**
   * The number of the group of new files and directories, which the process must be able to give them to. Default: what the system gives,
   * which is the group of the process or, in a directory with the setgid bit, that of the directory.
   */
  readonly fileGroup?: number;
  /**
   * Keeps files that are removed or replaced: of each home the newest, up to so many bytes. `sweepTrash` removes those that are
   * too old. Default: none is kept.
   */
  readonly trash?: { readonly maxBytes?: number };
  /** Directories in which nothing is changed or removed before its time. None may lead through a link. Default: none. */
  readonly retained?: readonly RetainedPath[];
  /** The time, in ms since 1970, by which files are retained. Default: `Date.now`. */
  readonly now?: () => number;
  /**
   * Removes the lock file of another server's root below this one, unless that server holds it. Whether nobody does; asked
   * only where the file system answers from memory. Default: such a file stays, and the directory with it.
   */
  readonly removeFreeLock?: (file: PathLike) => boolean;
}

/**
 * A directory of the host as a storage, that no path, link or race leads out of. Only processes of one service may share
 * a root (`since`), and `lockRoot` keeps others out: they would take uploads under way for left over.
 * @throws Error where the directory cannot be opened.
 */
export async function localStorage(options: LocalStorageOptions): Promise<LocalStorage> {
  const umask = process.umask();
  const settings = {
    durable: options.durability !== 'fast',
    processes: options.processes ?? 'several',
    fileMode: options.fileMode ?? 0o644 & ~umask,
    fileGroup: options.fileGroup,
    directoryMode: 0o755 & ~umask,
    since: options.since ?? Date.now(),
    removeFreeLock: options.removeFreeLock,
  };
  const walk = await Walk.from(options.root);
  const { root } = walk;
  const { trash, retained = [] } = options;
  try {
    for (const { path } of retained) await checkNoLink(walk, path);
  } catch (error) {
    await walk[Symbol.asyncDispose]();
    throw error;
  }
  const now = options.now ?? Date.now;
  const protection = new Protection({ root, durable: settings.durable, retained, now });
  if (!trash) return new LocalStorage(walk, { ...settings, protection });
  const bounds = new KeptBounds({
    root,
    maxBytes: trash.maxBytes ?? Number.POSITIVE_INFINITY,
    isHeld: ({ names }) => protection.isHeld(names),
  });
  const keeper = new FileKeeper({ root, durable: settings.durable, bounds });
  return new LocalStorage(walk, { ...settings, protection, keeper }, bounds);
}

/** A file is protected by where it lies. @throws StorageError `denied` */
async function checkNoLink(walk: Walk, path: VirtualPath): Promise<void> {
  const names = namesOf(path);
  for (let depth = 1; depth <= names.length; depth += 1) {
    await using location = await walk.resolveNames(names.slice(0, depth), false);
    const stats = await location.seen();
    if (stats === undefined) return;
    if (stats.isSymbolicLink()) throw new StorageError('denied', `${path} is retained, and leads through a link`);
  }
}

/** Holds the root open until it is disposed. */
export class LocalStorage extends LocalTree implements AsyncDisposable {
  readonly #walk: Walk;
  readonly #settings: LocalStorageSettings;
  readonly #bounds: KeptBounds | undefined;
  /** Stands in the names of what this process writes, so that another one can remove it at once when it has ended. */
  readonly processMark = PROCESS_MARK;

  constructor(walk: Walk, settings: LocalStorageSettings, bounds?: KeptBounds) {
    super(walk, settings);
    this.#walk = walk;
    this.#settings = settings;
    this.#bounds = bounds;
  }

  /** Walks the whole tree once and removes what uploads of earlier processes left, and interrupted uploads too old. */
  async sweep(options: SweepOptions): Promise<SweepResult> {
    try {
      return await sweepTree(this.#walk, this.#settings, options);
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Changes the first bytes of a file in place, as `changeHead` says. Gives how many changes were made. @throws StorageError */
  changeHead(path: VirtualPath, length: number, next: (head: Buffer) => Replacement | undefined): Promise<number> {
    return attempt(async () => {
      await using location = await this.#walk.resolve(path, false);
      return await changeHead(location, length, next, this.#settings);
    });
  }

  /** Removes files that were kept for longer than that (ms), and what a crash left beside a file that still has its name. */
  async sweepTrash({ keepMs, signal }: { readonly keepMs: number; readonly signal?: AbortSignal }): Promise<number> {
    try {
      return await sweepKept(this.#walk, this.#settings, keepMs, signal);
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Resolves when no more is kept than there may be of each home. */
  async boundTrash(): Promise<void> {
    await this.#bounds?.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bounds?.[Symbol.asyncDispose]();
    await this.#walk[Symbol.asyncDispose]();
  }
}

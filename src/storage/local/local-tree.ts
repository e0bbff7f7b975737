import { chmod, open, statfs, utimes } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  baseName,
  type ConfineOptions,
  type DigestAlgorithm,
  type Entry,
  isWithin,
  type ReadOptions,
  type RemoveOptions,
  type Space,
  type Storage,
  StorageError,
  type UnlistedEntry,
  type Upload,
  type Usage,
  type VirtualPath,
  type WriteOptions,
} from '../../core/index.ts';
import type { Device } from '../../disk/index.ts';
import { destroyOnAbort, throwIfAborted } from '../cancellation.ts';
import { digestOf } from '../digest.ts';
import { readRange } from '../ranges.ts';
import {
  entryAt,
  inTurn,
  makeDirectory,
  makeLink,
  missingAt,
  moveEntry,
  partialAt,
  removeDirectory,
  removeFile,
} from './changes.ts';
import type { Directory, Pinned } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import { attempt, storageError, unless } from './failures.ts';
import { beforeJoin, isJoining } from './join-record.ts';
import { entriesIn, entryNamesIn, unlistedIn } from './listing.ts';
import { look, lookAt } from './look.ts';
import { isJoin, isListed, isLock, isTemporary, isTurn } from './names.ts';
import { READ_FILE } from './open-flags.ts';
import { OwnedReader } from './owned-reader.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';
import { visitTree } from './tree-walk.ts';
import { openUpload } from './upload.ts';
import type { Walk } from './walk.ts';

/** The files below one directory of the host. */
export class LocalTree implements Storage {
  readonly #walk: Walk;
  readonly #settings: Settings;

  constructor(walk: Walk, settings: Settings) {
    this.#walk = walk;
    this.#settings = settings;
  }

  confine(home: VirtualPath, { followLinks = true }: ConfineOptions = {}): Storage {
    return new LocalTree(this.#walk.within(home, followLinks), this.#settings);
  }

  stat(path: VirtualPath, signal?: AbortSignal): Promise<Entry> {
    return this.#followed(
      path,
      async (place) => {
        const stats = await look(place.directory, place.name);
        if (stats === undefined) throw new StorageError('not-found', 'No such file or directory');
        const entry = plainEntryOf(baseName(path), stats);
        return isJoining(entry) ? { ...entry, ...(await entryAt(place)), name: entry.name } : entry;
      },
      signal,
    );
  }

  async *list(path: VirtualPath, signal?: AbortSignal): AsyncGenerator<Entry> {
    for await (const entries of this.listBatches(path, signal)) for (const entry of entries) yield entry;
  }

  async *listBatches(path: VirtualPath, signal?: AbortSignal): AsyncGenerator<readonly Entry[]> {
    for await (const entries of this.#listed(path, entriesIn, signal)) {
      yield entries.filter(({ name }) => isListed(name)).map((entry) => this.#shown(entry));
    }
  }

  async *listNames(path: VirtualPath, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
    for await (const names of this.#listed(path, entryNamesIn, signal)) yield names.filter(isListed);
  }

  async *listUnlisted(path: VirtualPath, signal?: AbortSignal): AsyncGenerator<UnlistedEntry> {
    yield* this.#listed(path, unlistedIn, signal);
  }

  read(path: VirtualPath, options: ReadOptions = {}): Promise<Readable> {
    return this.#followed(
      path,
      async (place) => {
        const { device } = place;
        const handle = await unless(
          ['ENOENT'],
          device.threads(() => open(place.path, READ_FILE)),
        );
        if (handle === undefined) throw await missingAt(place);
        try {
          const opened = async () => plainEntryOf(place.name, await lookAt(handle, device));
          const { kind, size } = await beforeJoin(place.directory, place.name, await opened(), opened);
          if (kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
          const reader = new OwnedReader(handle, readRange(size, options), device);
          destroyOnAbort(reader, options.signal);
          return reader;
        } catch (error) {
          await device.threads(() => handle.close());
          throw error;
        }
      },
      options.signal,
    );
  }

  write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    return attempt(async () => {
      throwIfAborted(options.signal);
      return openUpload(await this.#walk.resolve(path), options, this.#settings);
    });
  }

  rename(from: VirtualPath, to: VirtualPath): Promise<Entry | undefined> {
    return attempt(async () => {
      if (from !== to && isWithin(from, to)) throw new StorageError('denied', 'A directory cannot go into itself');
      await using source = await this.#walk.resolve(from, false);
      await using target = await this.#walk.resolve(to, false);
      const replaced = await moveEntry(source, target, () => this.#reached(from));
      await this.#settle(target);
      await this.#settle(source);
      return replaced;
    });
  }

  remove(path: VirtualPath, options: RemoveOptions = {}): Promise<Entry> {
    return this.#changed(path, (place) => removeFile(place, options));
  }

  makeDirectory(path: VirtualPath): Promise<void> {
    return this.#changed(path, (place) => makeDirectory(place, this.#settings));
  }

  removeDirectory(path: VirtualPath): Promise<void> {
    return this.#changed(path, (place) => removeDirectory(place, this.#settings.since));
  }

  makeLink(path: VirtualPath, target: string): Promise<void> {
    return this.#changed(path, (place) => makeLink(place, target));
  }

  partial(path: VirtualPath): Promise<Entry | undefined> {
    return this.#followed(path, async (place) => ((await entryAt(place)) === undefined ? partialAt(place) : undefined));
  }

  setModified(path: VirtualPath, time: Date): Promise<void> {
    return this.#followed(path, (place) =>
      inTurn(place, () =>
        changePinned(place, ({ path, stats }, device) => device.threads(() => utimes(path, stats.atime, time))),
      ),
    );
  }

  setMode(path: VirtualPath, mode: number): Promise<void> {
    return this.#followed(path, (place) =>
      inTurn(place, () => changePinned(place, ({ path }, device) => device.threads(() => chmod(path, mode & 0o777)))),
    );
  }

  async digest(path: VirtualPath, algorithm: DigestAlgorithm, range: ReadOptions = {}): Promise<Uint8Array> {
    return digestOf(await this.read(path, range), algorithm);
  }

  space(path: VirtualPath): Promise<Space> {
    return this.#followed(path, async (place) => {
      const { bavail, blocks, bsize } = await place.device.threads(() => statfs(place.path));
      return { free: bavail * bsize, total: blocks * bsize };
    });
  }

  usage(path: VirtualPath, signal?: AbortSignal): Promise<Usage> {
    return attempt(async () => {
      let bytes = 0;
      let files = 0;
      const count = ({ name, kind, size }: Entry): void => {
        if (kind === 'directory' || isTemporary(name) || isJoin(name) || isTurn(name) || isLock(name)) return;
        files += 1;
        if (kind === 'file') bytes += size;
      };
      await visitTree(this.#walk, path, count, signal);
      return { bytes, files };
    });
  }

  /** What a link leads to, in a view that follows none too. */
  async #reached(path: VirtualPath): Promise<Entry | undefined> {
    try {
      await using place = await this.#walk.following().resolve(path);
      return await entryAt(place);
    } catch (error) {
      if (error instanceof StorageError) return undefined;
      throw error;
    }
  }

  async *#listed<Item>(
    path: VirtualPath,
    itemsIn: (directory: Directory, signal?: AbortSignal) => AsyncIterable<Item>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Item> {
    try {
      throwIfAborted(signal);
      await using place = await this.#walk.resolve(path);
      await using directory = await place.directory.open(place.name);
      yield* itemsIn(directory, signal);
    } catch (error) {
      throw storageError(error);
    }
  }

  #followed<Result>(path: VirtualPath, look: (place: Place) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    return attempt(async () => {
      throwIfAborted(signal);
      await using place = await this.#walk.resolve(path);
      return await look(place);
    });
  }

  /** Changes the entry itself, not what a link leads to. */
  #changed<Result>(path: VirtualPath, change: (place: Place) => Promise<Result>): Promise<Result> {
    return attempt(async () => {
      await using place = await this.#walk.resolve(path, false);
      const result = await change(place);
      await this.#settle(place);
      return result;
    });
  }

  #shown(entry: Entry): Entry {
    if (entry.target === undefined) return entry;
    const { target, ...rest } = entry;
    const shown = this.#walk.shownTarget(target);
    return shown === undefined ? rest : { ...rest, target: shown };
  }

  async #settle(place: Place): Promise<void> {
    if (this.#settings.durable) await place.directory.sync();
  }
}

async function changePinned(place: Place, change: (pinned: Pinned, device: Device) => Promise<void>): Promise<void> {
  await using pinned = await place.directory.pin(place.name);
  const { kind } = plainEntryOf(place.name, pinned.stats);
  if (kind === 'link') throw new StorageError('busy', 'The entry is being changed');
  await change(pinned, place.device);
}

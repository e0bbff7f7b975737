import { statfs } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  type Attributes,
  baseName,
  type CallOptions,
  type ConfineOptions,
  type CopyOptions,
  type DigestAlgorithm,
  type Entry,
  type Holds,
  isWithin,
  type ListOptions,
  notFound,
  type OpenWriteOptions,
  type ReadableFile,
  type ReadOptions,
  type RemoveOptions,
  type RenameOptions,
  type Space,
  type StatOptions,
  type Storage,
  StorageError,
  type StoredEntry,
  type Trash,
  type UnlistedEntry,
  type Upload,
  type Usage,
  type UsageOptions,
  type VirtualPath,
  type WritableFile,
  type WriteOptions,
} from '../../core/index.ts';
import { destroyOnAbort, throwIfAborted } from '../cancellation.ts';
import { digestOf } from '../digest.ts';
import { readRange } from '../ranges.ts';
import { SETTABLE, setAttributes } from './attributes.ts';
import { entryAt, makeDirectory, makeLink, moveEntry, partialAt, removeFile } from './changes.ts';
import { copyFile } from './copy-file.ts';
import type { Directory } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { attempt, errorCode, storageError } from './failures.ts';
import { isJoining } from './join-record.ts';
import { entriesIn, entryNamesIn, unlistedIn } from './listing.ts';
import { LocalHolds } from './local-holds.ts';
import { LocalTrash } from './local-trash.ts';
import { isListed } from './names.ts';
import { TELLS_LINKS } from './open-flags.ts';
import { openPublished, openRead } from './open-read.ts';
import { openWrite } from './open-write.ts';
import { OwnedReader } from './owned-reader.ts';
import { removeDirectory } from './remove-directory.ts';
import type { LocalStorageSettings } from './settings.ts';
import { linkTarget } from './steps.ts';
import { openUpload } from './upload.ts';
import { usageBelow } from './usage-below.ts';
import type { Walk } from './walk.ts';

/** What was not asked for. */
const NAME_ALONE = { kind: 'file', size: 0, modified: new Date(0) } as const;

/** The files below one directory of the host. */
export class LocalTree implements Storage {
  readonly links = 'confined';
  readonly settable = SETTABLE;
  readonly trash: Trash;
  readonly holds: Holds;
  readonly #walk: Walk;
  readonly #settings: LocalStorageSettings;

  constructor(walk: Walk, settings: LocalStorageSettings) {
    this.trash = new LocalTrash(walk, settings);
    this.holds = new LocalHolds(walk, settings);
    this.#walk = walk;
    this.#settings = settings;
  }

  confine(home: VirtualPath, { followLinks = true }: ConfineOptions = {}): Storage {
    return new LocalTree(this.#walk.within(home, followLinks), this.#settings);
  }

  stat(path: VirtualPath, { followLinks = true, signal }: StatOptions = {}): Promise<Entry> {
    return this.#at(
      path,
      async (location) => {
        const stats = await location.seen();
        if (stats === undefined) throw notFound();
        const entry = plainEntryOf(baseName(path), stats);
        if (entry.kind === 'link') return this.#shown({ ...entry, ...(await targetAt(location)) });
        return isJoining(entry) ? { ...entry, ...(await entryAt(location)), name: entry.name } : entry;
      },
      { signal, followLinks },
    );
  }

  async *list(path: VirtualPath, { namesOnly = false, signal }: ListOptions = {}): AsyncGenerator<readonly Entry[]> {
    if (namesOnly) {
      for await (const names of this.#listed(path, entryNamesIn, signal)) {
        yield names.filter(isListed).map((name) => ({ ...NAME_ALONE, name }));
      }
      return;
    }
    for await (const entries of this.#listed(path, entriesIn, signal)) {
      yield entries.filter(({ name }) => isListed(name)).map((entry) => this.#shown(entry));
    }
  }

  async *listUnlisted(path: VirtualPath, { signal }: CallOptions = {}): AsyncGenerator<UnlistedEntry> {
    yield* this.#listed(path, unlistedIn, signal);
  }

  read(path: VirtualPath, options: ReadOptions = {}): Promise<Readable> {
    return this.#opened(
      path,
      async (location) => {
        const { handle, entry } = await openPublished(location);
        try {
          const reader = new OwnedReader(handle, entry, readRange(entry.size, options));
          destroyOnAbort(reader, options.signal);
          return reader;
        } catch (error) {
          await handle.close();
          throw error;
        }
      },
      options,
    );
  }

  openRead(path: VirtualPath, options: CallOptions = {}): Promise<ReadableFile> {
    return this.#opened(path, (location) => openRead(location, baseName(path), options.signal), options);
  }

  openWrite(path: VirtualPath, options: OpenWriteOptions = {}): Promise<WritableFile> {
    return attempt(async () => {
      throwIfAborted(options.signal);
      return openWrite(await this.#writable(path), options, this.#settings);
    });
  }

  copy(from: VirtualPath, to: VirtualPath, options: CopyOptions = {}): Promise<StoredEntry> {
    return attempt(async () => {
      throwIfAborted(options.signal);
      await using source = await this.#walk.resolve(from);
      await using target = await this.#writable(to);
      return await copyFile(source, target, options, this.#settings);
    });
  }

  write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    return attempt(async () => {
      throwIfAborted(options.signal);
      return openUpload(await this.#writable(path), options, this.#settings);
    });
  }

  rename(from: VirtualPath, to: VirtualPath, options: RenameOptions = {}): Promise<Entry | undefined> {
    const { unchanged, exclusive = false, signal } = options;
    return attempt(async () => {
      throwIfAborted(signal);
      if (from !== to && isWithin(from, to)) throw new StorageError('denied', 'A directory cannot go into itself');
      await using source = await this.#walk.resolve(from, false);
      await using target = await this.#walk.resolve(to, false);
      throwIfAborted(signal);
      const replaced = await moveEntry(source, target, this.#settings, {
        unchanged,
        exclusive,
        reached: () => this.#reached(from),
      });
      await this.#sync(target);
      if (!(await target.directory.isSame(source.directory))) await this.#sync(source);
      return replaced;
    });
  }

  remove(path: VirtualPath, options: RemoveOptions = {}): Promise<Entry> {
    return this.#changed(path, (location) => removeFile(location, options, this.#settings), options);
  }

  makeDirectory(path: VirtualPath, options?: CallOptions): Promise<void> {
    return this.#changed(path, (location) => makeDirectory(location, this.#settings), options);
  }

  removeDirectory(path: VirtualPath, options?: CallOptions): Promise<void> {
    return this.#changed(path, (location) => removeDirectory(location, this.#settings), options);
  }

  makeLink(path: VirtualPath, target: string, options?: CallOptions): Promise<void> {
    return this.#changed(path, (location) => makeLink(location, target, this.#settings), options);
  }

  partial(path: VirtualPath, options?: CallOptions): Promise<Entry | undefined> {
    const find = async (location: EntryLocation) =>
      (await entryAt(location)) === undefined ? partialAt(location) : undefined;
    return this.#at(path, find, options);
  }

  setAttributes(path: VirtualPath, attributes: Attributes, options?: CallOptions): Promise<void> {
    return this.#at(path, (location) => setAttributes(location, attributes, this.#settings), options);
  }

  async digest(path: VirtualPath, algorithm: DigestAlgorithm, range: ReadOptions = {}): Promise<Uint8Array> {
    return digestOf(await this.read(path, range), algorithm);
  }

  space(path: VirtualPath, options?: CallOptions): Promise<Space> {
    const measure = async (location: EntryLocation): Promise<Space> => {
      const { bavail, blocks, bsize } = await location.device.threads(() => statfs(location.path));
      return { free: bavail * bsize, total: blocks * bsize };
    };
    return this.#at(path, measure, options);
  }

  usage(path: VirtualPath, options: UsageOptions = {}): Promise<Usage> {
    return attempt(() => usageBelow(this.#walk, path, options));
  }

  /** Where a file may be written. What is refused is refused before its bytes come. */
  async #writable(path: VirtualPath): Promise<EntryLocation> {
    const location = await this.#walk.resolve(path);
    try {
      await this.#settings.protection.checkName(location);
      return location;
    } catch (error) {
      await location[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What a link leads to, in a view that follows none too. */
  async #reached(path: VirtualPath): Promise<Entry | undefined> {
    try {
      await using location = await this.#walk.following().resolve(path);
      return await entryAt(location);
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
      await using location = await this.#walk.resolve(path);
      await using directory = await location.directory.open(location.name);
      yield* itemsIn(directory, signal);
    } catch (error) {
      throw storageError(error);
    }
  }

  #at<Result>(
    path: VirtualPath,
    look: (location: EntryLocation) => Promise<Result>,
    { followLinks = true, signal }: StatOptions = {},
  ): Promise<Result> {
    return attempt(async () => {
      throwIfAborted(signal);
      await using location = await this.#walk.resolve(path, followLinks);
      return await look(location);
    });
  }

  /** Opens a file without a look at it before: the system refuses a link, which is then followed as on every way. */
  async #opened<Result>(
    path: VirtualPath,
    open: (location: EntryLocation) => Promise<Result>,
    { signal }: CallOptions,
  ): Promise<Result> {
    if (!TELLS_LINKS) return this.#at(path, open, { signal });
    try {
      return await this.#at(path, open, { signal, followLinks: false });
    } catch (error) {
      if (!(error instanceof StorageError) || errorCode(error.cause) !== 'ELOOP') throw error;
      return this.#at(path, open, { signal });
    }
  }

  /** Changes the entry itself, not what a link leads to. */
  #changed<Result>(
    path: VirtualPath,
    change: (location: EntryLocation) => Promise<Result>,
    { signal }: CallOptions = {},
  ): Promise<Result> {
    return attempt(async () => {
      throwIfAborted(signal);
      await using location = await this.#walk.resolve(path, false);
      throwIfAborted(signal);
      const result = await change(location);
      await this.#sync(location);
      return result;
    });
  }

  #shown(entry: Entry): Entry {
    if (entry.target === undefined) return entry;
    const { target, ...rest } = entry;
    const shown = this.#walk.shownTarget(target);
    return shown === undefined ? rest : { ...rest, target: shown };
  }

  async #sync(location: EntryLocation): Promise<void> {
    if (this.#settings.durable) await location.directory.sync();
  }
}

async function targetAt({ directory, name }: EntryLocation): Promise<Pick<Entry, 'target'>> {
  const target = await linkTarget(directory, name);
  return target === undefined ? {} : { target };
}

import {
  abortedBy,
  type CopyOptions,
  changedMeanwhile,
  checkPosition,
  type Endings,
  type Entry,
  endingOnce,
  isSameEntry,
  type OpenWriteOptions,
  parentOf,
  type RenameOptions,
  type Storage,
  StorageError,
  type StoredEntry,
  type Upload,
  type VirtualPath,
  type WritableFile,
  type WriteOptions,
  writableFile,
} from '../core/index.ts';
import type { Gate } from './gate.ts';
import { ContentReader, ContentSink } from './gated-content.ts';
import { pathMethods } from './path-methods.ts';
import { publishedAt } from './published.ts';
import { withCalls } from './writable-files.ts';

/**
 * A storage whose files get their names only once a gate has agreed, whichever way they come: uploads of all kinds, renames
 * and copies from a name that the gate was not asked about. What it is shown is what is published: a file that others have
 * changed meanwhile is `busy`. While it is asked, nothing is locked and nothing is seen of an upload.
 * @throws StorageError `unsupported` where the storage can't show what it has not published
 */
export function gated(storage: Storage, gate: Gate): Storage {
  const gatedStorage = new GatedStorage(storage, gate);
  const copy = storage.copy?.bind(storage);
  const listUnlisted = storage.listUnlisted?.bind(storage);
  return {
    ...pathMethods(storage, (path) => path),
    ...(listUnlisted && { listUnlisted }),
    links: storage.links,
    stat: (path, how) => storage.stat(path, how),
    list: (path, how) => storage.list(path, how),
    read: (path, range) => storage.read(path, range),
    remove: (path, how) => storage.remove(path, how),
    makeDirectory: (path, how) => storage.makeDirectory(path, how),
    removeDirectory: (path, how) => storage.removeDirectory(path, how),
    write: (path, options) => gatedStorage.write(path, options),
    ...(storage.openWrite && { openWrite: (path, options) => gatedStorage.openWrite(path, options) }),
    ...(copy && { copy: (from, to, options) => gatedStorage.copy(copy, from, to, options) }),
    rename: (from, to, options) => gatedStorage.rename(from, to, options),
  };
}

class GatedStorage {
  readonly #storage: Storage;
  readonly #gate: Gate;

  constructor(storage: Storage, gate: Gate) {
    this.#storage = storage;
    this.#gate = gate;
  }

  async write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    if (!this.#gate.concerns(path)) return this.#storage.write(path, options);
    const { file, position } = await this.#begun(path, options);
    return endingOnce(new ContentSink(file, position), this.#endings(path, file, options.signal));
  }

  async openWrite(path: VirtualPath, options: OpenWriteOptions = {}): Promise<WritableFile> {
    const file = await this.#opened(path, options);
    if (!this.#gate.concerns(path)) return file;
    return writableFile(file, this.#endings(path, file, options.signal), options.signal);
  }

  async rename(from: VirtualPath, to: VirtualPath, options: RenameOptions = {}): Promise<Entry | undefined> {
    const moved = await publishedAt(this.#storage, from, { ...options, followLinks: false });
    if (moved?.kind === 'directory' && from !== to && this.#gate.concernsBelow(to)) {
      throw new StorageError(
        'denied',
        'Files that come here are checked one by one: a directory can not be moved here',
      );
    }
    if (moved?.kind !== 'file' || !this.#gate.concerns(to, from)) return this.#storage.rename(from, to, options);
    return this.#asked(from, to, options, (unchanged) => this.#storage.rename(from, to, { ...options, unchanged }), {
      isMoved: true,
    });
  }

  async copy(
    copy: NonNullable<Storage['copy']>,
    from: VirtualPath,
    to: VirtualPath,
    options: CopyOptions = {},
  ): Promise<StoredEntry> {
    if (!this.#gate.concerns(to, from)) return copy(from, to, options);
    return this.#asked(from, to, options, (unchanged) => copy(from, to, { ...options, unchanged }), { isMoved: false });
  }

  /** Holds the file open meanwhile: else another one could be given its number, and be taken for it. */
  async #asked<Result>(
    from: VirtualPath,
    to: VirtualPath,
    { unchanged, signal }: RenameOptions,
    work: (unchanged: Entry) => Promise<Result>,
    { isMoved }: { readonly isMoved: boolean },
  ): Promise<Result> {
    const file = (await this.#storage.openRead?.(from, { signal })) ?? cannotShow();
    try {
      const entry = await file.stat();
      if (unchanged && !isSameEntry(entry, unchanged)) throw changedMeanwhile();
      const candidate = {
        path: to,
        from,
        bytes: entry.size,
        read: () => new ContentReader(file),
        ...(isMoved && {
          takeAway: async () => void (await this.#storage.remove(from, { unchanged: entry })),
        }),
      };
      await this.#gate.ask(candidate, signal);
      return await work(entry);
    } finally {
      await file.close();
    }
  }

  /**
   * Opens the file at the position that `write` would begin at. An append goes behind what the file is now: another one that
   * ends first makes this one `busy`, for the gate has not seen both together.
   */
  async #begun(path: VirtualPath, options: WriteOptions): Promise<{ file: WritableFile; position: number }> {
    const { at, exclusive, existing, signal } = options;
    await this.#checkRoom(path, options);
    const target = { ...(existing !== undefined && { existing }), signal };
    if (at === undefined) {
      const file = await this.#opened(path, { ...target, truncate: true, exclusive: exclusive === true });
      return { file, position: 0 };
    }
    if (at !== 'end') checkPosition(at);
    const isThere = (await publishedAt(this.#storage, path, { signal })) !== undefined;
    const isNew = at === 'end' && !isThere;
    const opened = await this.#opened(path, { ...target, exclusive: exclusive === true || isNew });
    const file = isNew && !exclusive ? withCalls(opened, { commit: () => opened.commit().catch(busyIfTaken) }) : opened;
    try {
      const { size } = await file.stat();
      const position = at === 'end' ? size : at;
      if (position > size) throw new StorageError('bad-offset', 'The position lies behind the end of the file');
      // What an interrupted upload has behind it was never published.
      if (!isThere && position < size) await file.truncate(position);
      if (isThere && (await file.replaces()) === undefined) throw changedMeanwhile();
      return { file, position };
    } catch (error) {
      await file.suspend();
      throw error;
    }
  }

  /** What is told to be larger than all that is free, and what it replaces, need not come first. */
  async #checkRoom(path: VirtualPath, { expectedSize = 0, signal }: WriteOptions): Promise<void> {
    if (expectedSize === 0 || !this.#storage.space) return;
    const { free } = await this.#storage.space(parentOf(path), { signal });
    if (expectedSize <= free) return;
    const { size = 0 } = (await publishedAt(this.#storage, path, { signal })) ?? {};
    if (expectedSize - size > free) throw new StorageError('no-space', 'There is no room for this file');
  }

  async #opened(path: VirtualPath, options: OpenWriteOptions): Promise<WritableFile> {
    return (await this.#storage.openWrite?.(path, options)) ?? cannotShow();
  }

  #endings(path: VirtualPath, file: WritableFile, signal: AbortSignal | undefined): Endings {
    return {
      replaces: () => file.replaces(),
      commit: async () => {
        const { size: bytes } = await file.stat();
        await this.#gate.ask({ path, bytes, read: () => new ContentReader(file) }, signal);
        if (signal?.aborted) throw abortedBy(signal);
        return file.commit();
      },
      suspend: () => file.suspend(),
      discard: () => file.discard(),
    };
  }
}

/** Of two appends that make a file, the second one would replace it. */
function busyIfTaken(error: unknown): never {
  throw error instanceof StorageError && error.code === 'exists' ? changedMeanwhile() : error;
}

function cannotShow(): never {
  throw new StorageError('unsupported', 'Files are checked before they are stored, which this storage can not do');
}

import {
  type Attributes,
  type CallOptions,
  type CopyOptions,
  changedMeanwhile,
  type Entry,
  isSameEntry,
  isWithin,
  type RemoveOptions,
  type RenameOptions,
  ROOT,
  type Storage,
  StorageError,
  type StoredEntry,
  type Upload,
  type Usage,
  type UsageOptions,
  type VirtualPath,
  type WriteOptions,
} from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { ObjectInfo } from './bucket.ts';
import { Copies } from './copies.ts';
import { attributesIn, fileEntry, metadataOver, UPLOAD, withAttributes } from './entries.ts';
import { interruptedEntry } from './interrupted.ts';
import { type Keys, parentKey } from './keys.ts';
import { isADirectory, nameOf } from './lookup.ts';
import { moveDirectory } from './move-directory.ts';
import type { MultipartBucket } from './multipart-bucket.ts';
import { ReadableTree } from './readable-tree.ts';
import type { SharedUploads } from './shared.ts';
import { openUpload } from './upload.ts';
import { checkReplaceable } from './upload-plan.ts';

const SETTABLE = ['modified', 'mode'] as const;

/** The objects of a bucket as a tree of files. */
export class S3Tree extends ReadableTree implements Storage {
  readonly settable?: readonly (keyof Attributes)[];
  readonly setAttributes?: NonNullable<Storage['setAttributes']>;
  protected readonly shared: SharedUploads;
  readonly #copies: Copies;

  constructor(bucket: MultipartBucket, keys: Keys, shared: SharedUploads) {
    super(bucket, keys);
    this.shared = shared;
    this.#copies = new Copies(bucket, shared);
    if (!bucket.settings.keepsAttributes) return;
    this.settable = SETTABLE;
    this.setAttributes = (path, attributes, options) => this.#setAttributes(path, attributes, options);
  }

  confine(home: VirtualPath): Storage {
    return new S3Tree(this.bucket, this.keys.within(home), this.shared);
  }

  async write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    throwIfAborted(options.signal);
    if (path === ROOT) throw isADirectory();
    const { bucket, keys, lookup, shared } = this;
    return openUpload({ bucket, keys, lookup, shared }, path, options);
  }

  async partial(path: VirtualPath, { signal }: CallOptions = {}): Promise<Entry | undefined> {
    throwIfAborted(signal);
    if (path === ROOT) return undefined;
    const key = this.keys.file(path);
    if (await this.lookup.at(path, signal)) return undefined;
    const found = await this.shared.interrupted.findAny(key, signal);
    return found && interruptedEntry(nameOf(path), found);
  }

  async copy(from: VirtualPath, to: VirtualPath, options: CopyOptions = {}): Promise<StoredEntry> {
    const { keepModified = false, unchanged, signal } = options;
    throwIfAborted(signal);
    const source = await this.lookup.file(from, signal);
    if (from === to) throw new StorageError('exists', 'Both are one file');
    this.#check(from, source, unchanged);
    const key = this.keys.file(to);
    return this.shared.turns.take(key, async () => {
      const replaced = await this.#target(to, options);
      const metadata = this.#copied(source, replaced, keepModified);
      const copy = await this.#copies.copy(
        source,
        key,
        metadata,
        options.exclusive === true ? { ifNoneMatch: '*' } : {},
      );
      const standing = await this.#standing(to, replaced);
      return { ...fileEntry(nameOf(to), copy, this.bucket.settings), ...(standing && { replaced: standing }) };
    });
  }

  async rename(from: VirtualPath, to: VirtualPath, options: RenameOptions = {}): Promise<Entry | undefined> {
    const { unchanged, exclusive = false, signal } = options;
    throwIfAborted(signal);
    if (from !== to && isWithin(from, to)) throw new StorageError('denied', 'A directory cannot go into itself');
    const source = await this.lookup.at(from, signal);
    if (source === undefined) await this.lookup.noFile(from, false, signal);
    if (source?.kind === 'file') this.#check(from, source.info, unchanged);
    if (exclusive && from === to) throw alreadyThere();
    if (source === undefined || from === to) return undefined;
    if (to === ROOT) throw alreadyThere();
    const key = this.keys.file(to);
    return this.shared.turns.take(key, async () => {
      const [target] = await Promise.all([this.lookup.at(to, signal), this.lookup.needsParent(to, signal)]);
      if (target && (exclusive || source.kind === 'directory' || target.kind === 'directory')) throw alreadyThere();
      if (source.kind === 'directory') {
        const { bucket, shared } = this;
        const directory = this.keys.directory(from);
        await moveDirectory({ bucket, shared, copies: this.#copies }, directory, `${key}/`);
        await this.#keepDirectory(directory);
      } else {
        await this.#copies.move(source.info, key, this.#moved(source.info), exclusive ? { ifNoneMatch: '*' } : {});
        await this.#keepDirectory(source.info.key);
      }
      return this.#standing(to, target?.kind === 'file' ? target.info : undefined);
    });
  }

  async remove(path: VirtualPath, { unchanged, signal }: RemoveOptions = {}): Promise<Entry> {
    throwIfAborted(signal);
    if (path === ROOT) throw isADirectory();
    const key = this.keys.file(path);
    return this.shared.turns.take(key, async () => {
      const found = await this.lookup.at(path, signal);
      if (found?.kind === 'directory') throw isADirectory();
      if (found) {
        const entry = this.#check(path, found.info, unchanged);
        await this.bucket.remove(key, unchanged ? { ifMatch: found.info.etag } : {});
        await this.#keepDirectory(key);
        return entry;
      }
      const kept = await this.shared.interrupted.findAny(key, signal);
      if (kept === undefined) return this.lookup.missing(path, signal);
      const entry = interruptedEntry(nameOf(path), kept);
      if (unchanged && !isSameEntry(entry, unchanged)) throw changedMeanwhile();
      await this.shared.interrupted.drop(kept);
      return entry;
    });
  }

  async makeDirectory(path: VirtualPath, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal);
    if (path === ROOT) throw alreadyThere();
    const key = this.keys.directory(path);
    const [found] = await Promise.all([this.lookup.at(path, signal), this.lookup.needsParent(path, signal)]);
    if (found) throw alreadyThere();
    await this.bucket.putAgain(key, Buffer.alloc(0));
    await this.#standing(path, undefined);
  }

  async removeDirectory(path: VirtualPath, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal);
    if (path === ROOT) throw new StorageError('denied', 'The root stays');
    const found = await this.lookup.existing(path, signal);
    if (found.kind === 'file') throw new StorageError('not-directory', 'This is not a directory');
    const key = this.keys.directory(path);
    const { objects, prefixes } = await this.bucket.page({ prefix: key, max: 2, signal });
    if (prefixes.length > 0 || objects.some((object) => object.key !== key)) {
      throw new StorageError('not-empty', 'The directory is not empty');
    }
    if ([...this.shared.targets.values()].some((target) => target.startsWith(key))) {
      throw new StorageError('busy', 'An upload into this directory is under way');
    }
    for await (const left of this.shared.interrupted.below(key, signal)) await this.shared.interrupted.drop(left);
    await this.bucket.remove(key);
    await this.#keepDirectory(key);
  }

  async usage(path: VirtualPath, { signal, sizeOf = (size) => size }: UsageOptions = {}): Promise<Usage> {
    throwIfAborted(signal);
    const found = await this.lookup.existing(path, signal);
    if (found.kind === 'file') throw new StorageError('not-directory', 'This is not a directory');
    const prefix = this.keys.directory(path);
    let bytes = 0;
    let files = 0;
    for await (const { objects } of this.bucket.pages({ prefix, signal })) {
      for (const { key, size } of objects) {
        if (key.endsWith('/') || this.keys.isReserved(key)) continue;
        bytes += sizeOf(size);
        files += 1;
      }
    }
    for await (const { size } of this.shared.interrupted.below(prefix, signal)) {
      bytes += sizeOf(size);
      files += 1;
    }
    return { bytes, files };
  }

  async #setAttributes(path: VirtualPath, attributes: Attributes, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal);
    if (attributes.created !== undefined) throw new StorageError('unsupported', 'No time of creation can be set here');
    const found = await this.lookup.existing(path, signal);
    if (found.kind === 'directory') {
      const metadata = withAttributes(found.marker?.metadata ?? {}, attributes);
      await this.bucket.putAgain(this.keys.directory(path), Buffer.alloc(0), metadata);
      return;
    }
    const { info } = found;
    await this.shared.turns.take(info.key, () =>
      this.#copies.copy(info, info.key, withAttributes(this.#moved(info), attributes)),
    );
  }

  async #target(to: VirtualPath, options: CopyOptions): Promise<ObjectInfo | undefined> {
    const [found] = await Promise.all([this.lookup.at(to), this.lookup.needsParent(to)]);
    const replaced = found?.kind === 'file' ? found.info : undefined;
    checkReplaceable(found?.kind === 'directory', replaced, options);
    return replaced;
  }

  /** What a change took the place of: a file, or an interrupted upload, which goes now. */
  async #standing(path: VirtualPath, replaced: ObjectInfo | undefined): Promise<Entry | undefined> {
    const kept = await this.shared.interrupted.find(this.keys.file(path));
    if (kept) await this.shared.interrupted.drop(kept);
    if (replaced) return fileEntry(nameOf(path), replaced, this.bucket.settings);
    return kept && interruptedEntry(nameOf(path), kept);
  }

  /** @throws StorageError `busy` where a file is not what it must be */
  #check(path: VirtualPath, info: ObjectInfo, unchanged: Entry | undefined): Entry {
    const entry = fileEntry(nameOf(path), info, this.bucket.settings);
    if (unchanged && !isSameEntry(entry, unchanged)) throw changedMeanwhile();
    return entry;
  }

  /** What is renamed keeps its time, where times are kept. */
  #moved(info: ObjectInfo): ObjectInfo['metadata'] {
    if (!this.bucket.settings.keepsAttributes || attributesIn(info.metadata).modified) return info.metadata;
    return withAttributes(info.metadata, { modified: info.modified });
  }

  #copied(source: ObjectInfo, replaced: ObjectInfo | undefined, keepModified: boolean): ObjectInfo['metadata'] {
    const { settings } = this.bucket;
    const modified = attributesIn(source.metadata).modified ?? source.modified;
    const { [UPLOAD]: _, ...others } = source.metadata;
    if (!settings.keepsAttributes) return others;
    return metadataOver(replaced, keepModified ? modified : undefined, settings);
  }

  /** A directory stays when the last entry in it goes, also one that was there by its entries alone. */
  async #keepDirectory(gone: string): Promise<void> {
    const directory = parentKey(gone);
    if (directory === '' || this.keys.isTop(directory) || (await this.bucket.hasBelow(directory))) return;
    await this.bucket.putAgain(directory, Buffer.alloc(0));
  }
}

function alreadyThere(): StorageError {
  return new StorageError('exists', 'An entry of this name exists');
}

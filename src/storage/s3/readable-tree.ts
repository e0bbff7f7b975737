import { Readable } from 'node:stream';
import {
  type CallOptions,
  type DigestAlgorithm,
  type Entry,
  type ListOptions,
  type ReadableFile,
  type ReadOptions,
  ROOT,
  readableFile,
  type UnlistedEntry,
  type VirtualPath,
} from '../../core/index.ts';
import { destroyOnAbort, throwIfAborted } from '../cancellation.ts';
import { digestOf } from '../digest.ts';
import { readRange } from '../ranges.ts';
import { directoryEntry, fileEntry } from './entries.ts';
import { reasonOf } from './failures.ts';
import type { Keys } from './keys.ts';
import { listDirectory, listUnnamed } from './listing.ts';
import { Lookup, nameOf, notADirectory } from './lookup.ts';
import type { MultipartBucket } from './multipart-bucket.ts';
import { openObject } from './open-read.ts';
import { ObjectReader } from './reader.ts';

/** What can be read of a bucket. */
export class ReadableTree {
  readonly links = 'none';
  protected readonly bucket: MultipartBucket;
  protected readonly keys: Keys;
  protected readonly lookup: Lookup;

  constructor(bucket: MultipartBucket, keys: Keys) {
    this.bucket = bucket;
    this.keys = keys;
    this.lookup = new Lookup(bucket, keys);
  }

  async stat(path: VirtualPath, { signal }: CallOptions = {}): Promise<Entry> {
    throwIfAborted(signal);
    const found = await this.lookup.existing(path, signal);
    const { settings } = this.bucket;
    return found.kind === 'file'
      ? fileEntry(nameOf(path), found.info, settings)
      : directoryEntry(nameOf(path), found.marker, settings);
  }

  async *list(path: VirtualPath, options: ListOptions = {}): AsyncGenerator<readonly Entry[]> {
    throwIfAborted(options.signal);
    const prefix = await this.#directory(path, options.signal);
    yield* listDirectory(this.bucket, this.keys, prefix, options);
  }

  async *listUnlisted(path: VirtualPath, { signal }: CallOptions = {}): AsyncGenerator<UnlistedEntry> {
    throwIfAborted(signal);
    yield* listUnnamed(this.bucket, this.keys, await this.#directory(path, signal), signal);
  }

  async read(path: VirtualPath, options: ReadOptions = {}): Promise<Readable> {
    const { signal, start = 0, end } = options;
    throwIfAborted(signal);
    if (path === ROOT) return this.lookup.noFile(path, true);
    if (!Number.isSafeInteger(start) || start < 0 || (end !== undefined && end <= start))
      return this.#nothingOf(path, options);
    try {
      const begun = await this.bucket.get(this.keys.file(path), { start, end, signal });
      const reader = new ObjectReader(this.bucket, begun, readRange(begun.info.size, options));
      destroyOnAbort(reader, signal);
      return reader;
    } catch (error) {
      if (reasonOf(error) === 'range') return this.#nothingOf(path, options);
      if (reasonOf(error) !== 'missing') throw error;
      return this.lookup.noFile(path, await this.lookup.isDirectory(path, signal), signal);
    }
  }

  async openRead(path: VirtualPath, { signal }: CallOptions = {}): Promise<ReadableFile> {
    throwIfAborted(signal);
    const info = await this.lookup.file(path, signal);
    const entry = fileEntry(nameOf(path), info, this.bucket.settings);
    return readableFile(openObject(this.bucket, info, entry, signal), signal);
  }

  async digest(path: VirtualPath, algorithm: DigestAlgorithm, range: ReadOptions = {}): Promise<Uint8Array> {
    return digestOf(await this.read(path, range), algorithm);
  }

  /** Of a range that has no bytes a service gives an error, wherever it begins. */
  async #nothingOf(path: VirtualPath, options: ReadOptions): Promise<Readable> {
    const info = await this.lookup.file(path, options.signal);
    const { start, end } = readRange(info.size, options);
    const begun = start < end ? await this.bucket.get(info.key, { start, end, ifMatch: info.etag }) : undefined;
    const reader = begun
      ? new ObjectReader(this.bucket, begun, { start, end })
      : Readable.from([], { objectMode: false });
    destroyOnAbort(reader, options.signal);
    return reader;
  }

  async #directory(path: VirtualPath, signal: AbortSignal | undefined): Promise<string> {
    const key = this.keys.directory(path);
    const [isDirectory, file] = await Promise.all([
      this.lookup.isDirectory(path, signal),
      path === ROOT ? undefined : this.bucket.head(this.keys.file(path), signal),
    ]);
    if (file) throw notADirectory();
    if (!isDirectory) await this.lookup.missing(path, signal);
    return key;
  }
}

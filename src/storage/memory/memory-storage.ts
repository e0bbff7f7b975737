import { Readable } from 'node:stream';
import {
  type Attributes,
  baseName,
  type CallOptions,
  type ConfineOptions,
  type CopyOptions,
  changedMeanwhile,
  type DigestAlgorithm,
  type Entry,
  interrupted,
  isSameEntry,
  isWithin,
  type ListOptions,
  namesOf,
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
  type Upload,
  type Usage,
  type UsageOptions,
  type VirtualPath,
  type WritableFile,
  type WriteOptions,
} from '../../core/index.ts';
import { destroyOnAbort, throwIfAborted } from '../cancellation.ts';
import { digestOf } from '../digest.ts';
import { relativeTarget } from '../link-target.ts';
import { readRange } from '../ranges.ts';
import { asDirectory, find, type Spot } from './find.ts';
import { replaceable } from './memory-endings.ts';
import { openRead, openWrite } from './memory-file.ts';
import { openUpload } from './memory-upload.ts';
import { type DirectoryNode, directoryNode, entryOf, type FileNode, fileNode, linkNode, type Node } from './nodes.ts';
import { Room } from './room.ts';

const DEFAULT_MAX_BYTES = 1024 ** 3;
const READ_BYTES = 256 * 1024;
const ENTRIES_A_BATCH = 512;
const SETTABLE = ['modified', 'created', 'mode'] as const;

export interface MemoryStorageOptions {
  /** The bytes of all files together; more is `no-space`. Default: 1 GiB. */
  readonly maxBytes?: number;
}

/** A storage that ends with the process: for tests, and for what need not be kept. */
export function memoryStorage({ maxBytes = DEFAULT_MAX_BYTES }: MemoryStorageOptions = {}): Storage {
  return new MemoryTree({ root: directoryNode(), room: new Room(maxBytes), home: [], links: true });
}

interface View {
  readonly root: DirectoryNode;
  readonly room: Room;
  /** Names that lead to what is seen as the root. */
  readonly home: readonly string[];
  /** Whether links are followed. */
  readonly links: boolean;
}

class MemoryTree implements Storage {
  readonly links = 'confined';
  readonly settable = SETTABLE;
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  confine(home: VirtualPath, { followLinks = true }: ConfineOptions = {}): Storage {
    const { links, home: outer } = this.#view;
    return new MemoryTree({ ...this.#view, home: [...outer, ...namesOf(home)], links: links && followLinks });
  }

  async stat(path: VirtualPath, { followLinks = true, signal }: StatOptions = {}): Promise<Entry> {
    throwIfAborted(signal);
    return entryOf(baseName(path), this.#node(path, followLinks));
  }

  async *list(path: VirtualPath, { signal }: ListOptions = {}): AsyncGenerator<readonly Entry[]> {
    throwIfAborted(signal);
    let batch: Entry[] = [];
    for (const [name, node] of asDirectory(this.#node(path)).entries) {
      batch.push(entryOf(name, node));
      if (batch.length < ENTRIES_A_BATCH) continue;
      yield batch;
      throwIfAborted(signal);
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  async read(path: VirtualPath, options: ReadOptions = {}): Promise<Readable> {
    throwIfAborted(options.signal);
    const node = this.#file(path);
    const { start, end } = readRange(node.bytes.length, options);
    const reader = Readable.from(slices(node.bytes.subarray(start, end)), { objectMode: false });
    destroyOnAbort(reader, options.signal);
    return reader;
  }

  async write(path: VirtualPath, options: WriteOptions = {}): Promise<Upload> {
    throwIfAborted(options.signal);
    return openUpload(this.#find(path), options, this.#view.room);
  }

  async openRead(path: VirtualPath, { signal }: CallOptions = {}): Promise<ReadableFile> {
    throwIfAborted(signal);
    return openRead(baseName(path), this.#file(path), signal);
  }

  async openWrite(path: VirtualPath, options: OpenWriteOptions = {}): Promise<WritableFile> {
    throwIfAborted(options.signal);
    return openWrite(this.#find(path), options, this.#view.room);
  }

  async copy(from: VirtualPath, to: VirtualPath, options: CopyOptions = {}): Promise<StoredEntry> {
    const { keepModified = false, unchanged, signal } = options;
    throwIfAborted(signal);
    const source = this.#file(from);
    const spot = this.#find(to);
    if (spot.node === source) throw new StorageError('exists', 'Both are one file');
    if (unchanged && !isSameEntry(entryOf(baseName(from), source), unchanged)) {
      throw changedMeanwhile();
    }
    replaceable(spot.node, options);
    const { room } = this.#view;
    room.take(source.bytes.length);
    const replaced = this.#taken(spot);
    const file = fileNode(source.bytes, spot.node?.mode);
    if (keepModified) file.modified = source.modified;
    spot.directory.entries.set(spot.name, file);
    return { ...entryOf(spot.name, file), ...(replaced && { replaced: entryOf(spot.name, replaced) }) };
  }

  async rename(
    from: VirtualPath,
    to: VirtualPath,
    { unchanged, exclusive = false, signal }: RenameOptions = {},
  ): Promise<Entry | undefined> {
    throwIfAborted(signal);
    if (from !== to && isWithin(from, to)) throw new StorageError('denied', 'A directory cannot go into itself');
    const source = this.#find(from, false);
    const target = this.#find(to, false);
    const { node } = source;
    if (node === undefined) throw source.directory.partials.has(source.name) ? interrupted() : notFound();
    if (unchanged && node.kind === 'file' && !isSameEntry(entryOf(source.name, node), unchanged)) {
      throw changedMeanwhile();
    }
    if (exclusive && target.node !== undefined) throw new StorageError('exists', 'An entry of this name exists');
    if (target.node === node) return undefined;
    if (target.node !== undefined && (node.kind === 'directory' || target.node.kind === 'directory')) {
      throw new StorageError('exists', 'An entry of this name exists');
    }
    if (node.kind === 'link' && target.node?.kind === 'file' && this.#reached(from) === target.node) {
      throw new StorageError('exists', 'The link leads to this file');
    }
    const replaced = this.#taken(target);
    source.directory.entries.delete(source.name);
    target.directory.entries.set(target.name, node);
    return replaced && entryOf(target.name, replaced);
  }

  async remove(path: VirtualPath, { unchanged, signal }: RemoveOptions = {}): Promise<Entry> {
    throwIfAborted(signal);
    const spot = this.#find(path, false);
    const now = spot.node ?? spot.directory.partials.get(spot.name);
    if (unchanged && now && now.kind !== 'link' && !isSameEntry(entryOf(spot.name, now), unchanged)) {
      throw changedMeanwhile();
    }
    if (spot.node?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
    const removed = this.#taken(spot);
    if (removed === undefined) throw notFound();
    return entryOf(spot.name, removed);
  }

  async makeDirectory(path: VirtualPath, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal);
    this.#place(path, directoryNode);
  }

  async makeLink(path: VirtualPath, target: string, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal);
    this.#place(path, ({ chain }) => linkNode(relativeTarget(target, chain)));
  }

  async removeDirectory(path: VirtualPath, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal);
    const { directory, name, node } = this.#find(path, false);
    const { entries, partials, uploads } = asDirectory(node);
    if (name === '.') throw new StorageError('denied', 'The root stays');
    if (entries.size > 0) throw new StorageError('not-empty', 'The directory is not empty');
    if (uploads > 0) throw new StorageError('busy', 'An upload into this directory is under way');
    for (const { bytes } of partials.values()) this.#view.room.give(bytes.length);
    directory.entries.delete(name);
  }

  async partial(path: VirtualPath, { signal }: CallOptions = {}): Promise<Entry | undefined> {
    throwIfAborted(signal);
    const { directory, name, node } = this.#find(path);
    const partial = node === undefined ? directory.partials.get(name) : undefined;
    return partial && entryOf(name, partial);
  }

  async setAttributes(path: VirtualPath, attributes: Attributes, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal);
    const { modified, created, mode } = attributes;
    const node = this.#node(path);
    if (modified !== undefined) node.modified = modified;
    if (created !== undefined) node.created = created;
    if (mode !== undefined) node.mode = mode & 0o777;
  }

  async digest(path: VirtualPath, algorithm: DigestAlgorithm, range: ReadOptions = {}): Promise<Uint8Array> {
    return digestOf(await this.read(path, range), algorithm);
  }

  async space(path: VirtualPath, { signal }: CallOptions = {}): Promise<Space> {
    throwIfAborted(signal);
    this.#node(path);
    const { free, total } = this.#view.room;
    return { free, total };
  }

  async usage(path: VirtualPath, { signal, sizeOf = (size) => size }: UsageOptions = {}): Promise<Usage> {
    throwIfAborted(signal);
    return usageBelow(asDirectory(this.#node(path)), sizeOf);
  }

  #find(path: VirtualPath, last = true): Spot {
    const { root, home, links } = this.#view;
    const base = asDirectory(find(root, home, { links: true, last: true }).node);
    return find(base, namesOf(path), { links, last });
  }

  #node(path: VirtualPath, last = true): Node {
    const { node } = this.#find(path, last);
    if (node === undefined) throw notFound();
    return node;
  }

  /** A published file, links followed. */
  #file(path: VirtualPath): FileNode {
    const { directory, name, node } = this.#find(path);
    if (node === undefined && directory.partials.has(name)) throw interrupted();
    if (node?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
    if (node?.kind !== 'file') throw notFound();
    return node;
  }

  /** What a link leads to, in a view that follows none too. */
  #reached(path: VirtualPath): Node | undefined {
    try {
      return new MemoryTree({ ...this.#view, links: true }).#find(path).node;
    } catch (error) {
      if (error instanceof StorageError) return undefined;
      throw error;
    }
  }

  #place(path: VirtualPath, make: (spot: Spot) => Node): void {
    const spot = this.#find(path, false);
    if (spot.node !== undefined) throw new StorageError('exists', 'An entry of this name exists');
    const node = make(spot);
    this.#taken(spot);
    spot.directory.entries.set(spot.name, node);
  }

  /** Takes away what stands at the spot, published or interrupted. */
  #taken({ directory, name, node }: Spot): Node | undefined {
    const taken = node ?? directory.partials.get(name);
    directory.entries.delete(name);
    directory.partials.delete(name);
    if (taken?.kind === 'file') this.#view.room.give(taken.bytes.length);
    return taken;
  }
}

function usageBelow(directory: DirectoryNode, sizeOf: (size: number) => number): Usage {
  let bytes = 0;
  let files = 0;
  for (const node of [...directory.entries.values(), ...directory.partials.values()]) {
    const below = node.kind === 'directory' ? usageBelow(node, sizeOf) : undefined;
    bytes += below?.bytes ?? (node.kind === 'file' ? sizeOf(node.bytes.length) : 0);
    files += below?.files ?? 1;
  }
  return { bytes, files };
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += READ_BYTES) yield bytes.subarray(start, start + READ_BYTES);
}

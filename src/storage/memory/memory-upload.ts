import { Writable } from 'node:stream';
import {
  type Endings,
  type Entry,
  endingOnce,
  StorageError,
  type StoredEntry,
  type Upload,
  type WriteOptions,
} from '../../core/index.ts';
import { destroyOnAbort } from '../cancellation.ts';
import { writePosition } from '../ranges.ts';
import { notFound, type Spot } from './find.ts';
import { type DirectoryNode, entryOf, type FileNode, fileNode, type LinkNode } from './nodes.ts';
import type { Room } from './room.ts';

const NOTHING = Buffer.alloc(0);

/** Begins an upload to a spot; what it goes on from is kept as REST asks (RFC 3659 section 5). */
export function openUpload(spot: Spot, options: WriteOptions, room: Room): Upload {
  const { directory, name, node } = spot;
  const { at, exclusive = false, existing = false, expectedSize = 0, signal } = options;
  if (node?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  if (node !== undefined && exclusive) throw new StorageError('exists', 'The file exists');
  if (node === undefined && existing) throw notFound();
  const base = at !== undefined && node?.kind === 'file' ? node : undefined;
  const partial = at !== undefined && node === undefined ? directory.partials.get(name) : undefined;
  const before = base ?? partial;
  const position = writePosition(at ?? 0, before?.bytes.length ?? 0);
  room.check(expectedSize - position);
  const isBehind = position === base?.bytes.length;
  const kept = isBehind ? NOTHING : (before?.bytes ?? NOTHING);
  if (partial) directory.partials.delete(name);
  else room.take(kept.length);
  const sink = new MemorySink(room);
  destroyOnAbort(sink, signal);
  const start: Start = {
    kept,
    position: isBehind ? 0 : position,
    base,
    isAppended: isBehind || (at === 'end' && !exclusive),
    expected: isBehind && at !== 'end' ? position : undefined,
    leavesEnd: partial !== undefined,
    exclusive,
    existing,
    room,
  };
  return endingOnce(sink, new MemoryEndings(directory, name, sink, start));
}

class MemorySink extends Writable {
  readonly chunks: Buffer[] = [];
  readonly #room: Room;
  #bytes = 0;

  constructor(room: Room) {
    super();
    this.#room = room;
  }

  get bytes(): number {
    return this.#bytes;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    try {
      this.#room.take(chunk.length);
    } catch (error) {
      callback(error as Error);
      return;
    }
    this.chunks.push(chunk);
    this.#bytes += chunk.length;
    callback();
  }
}

interface Start {
  /** What is there already of what the upload makes. */
  readonly kept: Buffer;
  readonly position: number;
  /** The published file that it goes on with. */
  readonly base: FileNode | undefined;
  /** What it makes goes behind what the file is at the commit: of two at the same time none is lost. */
  readonly isAppended: boolean;
  /** What the file's size must be at the commit, where the caller named a position. */
  readonly expected: number | undefined;
  /** It is an interrupted upload, whose own end was never published, and must not be. */
  readonly leavesEnd: boolean;
  readonly exclusive: boolean;
  readonly existing: boolean;
  readonly room: Room;
}

class MemoryEndings implements Endings {
  readonly #directory: DirectoryNode;
  readonly #name: string;
  readonly #sink: MemorySink;
  readonly #start: Start;

  constructor(directory: DirectoryNode, name: string, sink: MemorySink, start: Start) {
    this.#directory = directory;
    this.#name = name;
    this.#sink = sink;
    this.#start = start;
    directory.uploads += 1;
  }

  async replaces(): Promise<Entry | undefined> {
    return this.#standing();
  }

  async commit(): Promise<StoredEntry> {
    const { entries, partials } = this.#directory;
    const replaced = this.#standing();
    const published = entries.get(this.#name);
    if (published?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
    if (published !== undefined && this.#start.exclusive) throw new StorageError('exists', 'The file exists');
    if (published === undefined && this.#start.existing) throw notFound();
    const file = this.#take(this.#behind(published), published?.mode);
    this.#drop(published);
    this.#drop(partials.get(this.#name));
    partials.delete(this.#name);
    entries.set(this.#name, file);
    return { ...entryOf(this.#name, file), ...(replaced && { replaced }) };
  }

  async suspend(): Promise<Entry | undefined> {
    const { entries, partials } = this.#directory;
    const file = this.#take(NOTHING);
    // A part is of no use without the published file that it goes on with.
    if (file.bytes.length === 0 || this.#start.base !== undefined || entries.has(this.#name)) {
      this.#drop(file);
      return undefined;
    }
    this.#drop(partials.get(this.#name));
    partials.set(this.#name, file);
    return entryOf(this.#name, file);
  }

  async discard(): Promise<void> {
    const { room, kept } = this.#start;
    room.give(kept.length + this.#sink.bytes);
    this.#directory.uploads -= 1;
  }

  #standing(): Entry | undefined {
    const { entries, partials } = this.#directory;
    const node = entries.get(this.#name) ?? partials.get(this.#name);
    return node && entryOf(this.#name, node);
  }

  /** What the upload goes behind. */
  #behind(published: FileNode | LinkNode | undefined): Buffer {
    const { base, isAppended, expected } = this.#start;
    if (!isAppended) {
      if (base !== undefined && base !== published) throw changedMeanwhile();
      return NOTHING;
    }
    if (published?.kind === 'link') throw new StorageError('denied', 'A link has taken the place of the file');
    const before = published?.bytes ?? NOTHING;
    if (expected !== undefined && expected !== before.length) throw changedMeanwhile();
    return before;
  }

  /** What was kept with what came in its place, behind what is there: one whole, for which room is taken. */
  #take(before: Buffer, mode?: number): FileNode {
    const { kept, position, leavesEnd, room } = this.#start;
    const end = position + this.#sink.bytes;
    const bytes = Buffer.concat([
      before,
      kept.subarray(0, position),
      ...this.#sink.chunks,
      leavesEnd ? NOTHING : kept.subarray(end),
    ]);
    room.give(kept.length + this.#sink.bytes - bytes.length);
    this.#directory.uploads -= 1;
    return fileNode(bytes, mode);
  }

  #drop(node: { readonly kind: string; readonly bytes?: Buffer } | undefined): void {
    this.#start.room.give(node?.bytes?.length ?? 0);
  }
}

function changedMeanwhile(): StorageError {
  return new StorageError('busy', 'The file was changed meanwhile');
}

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
import { type DirectoryNode, entryOf, type FileNode, fileNode } from './nodes.ts';
import type { Room } from './room.ts';

const NOTHING = Buffer.alloc(0);

/** Begins an upload to a spot; what it goes on from is kept as REST asks (RFC 3659 section 5). */
export function openUpload(spot: Spot, options: WriteOptions, room: Room): Upload {
  const { directory, name, node } = spot;
  const { at, exclusive = false, existing = false, expectedSize = 0, signal } = options;
  if (node?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  if (node !== undefined && exclusive) throw new StorageError('exists', 'The file exists');
  if (node === undefined && existing) throw notFound();
  const partial = node === undefined ? directory.partials.get(name) : undefined;
  const kept = at === undefined ? NOTHING : ((node?.kind === 'file' ? node : partial)?.bytes ?? NOTHING);
  const position = writePosition(at ?? 0, kept.length);
  room.check(expectedSize - position);
  const isPartial = partial !== undefined && kept === partial.bytes;
  if (isPartial) directory.partials.delete(name);
  else room.take(kept.length);
  const sink = new MemorySink(room);
  destroyOnAbort(sink, signal);
  return endingOnce(
    sink,
    new MemoryEndings(directory, name, sink, { kept, position, leavesEnd: isPartial, exclusive, existing, room }),
  );
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
  readonly kept: Buffer;
  readonly position: number;
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
    const file = this.#take(published?.mode);
    this.#drop(published);
    this.#drop(partials.get(this.#name));
    partials.delete(this.#name);
    entries.set(this.#name, file);
    return { ...entryOf(this.#name, file), ...(replaced && { replaced }) };
  }

  async suspend(): Promise<Entry | undefined> {
    const { entries, partials } = this.#directory;
    const file = this.#take();
    if (file.bytes.length === 0 || entries.has(this.#name)) {
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

  /** What was kept with what came in its place: one whole, for which room is taken. */
  #take(mode?: number): FileNode {
    const { kept, position, leavesEnd, room } = this.#start;
    const end = position + this.#sink.bytes;
    const bytes = Buffer.concat([
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

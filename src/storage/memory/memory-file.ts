import {
  changedMeanwhile,
  type Entry,
  type FileContent,
  type OpenWriteOptions,
  type ReadableFile,
  readableFile,
  type WritableFile,
  writableFile,
} from '../../core/index.ts';
import { checkWhole, FileExtent } from '../file-extent.ts';
import { readLength } from '../ranges.ts';
import type { Spot } from './find.ts';
import { type MemoryContent, MemoryEndings, replaceable } from './memory-endings.ts';
import { entryOf, type FileNode, fileNode, type LinkNode } from './nodes.ts';
import type { Room } from './room.ts';

/** Opens a file, which stays what it is: its node is replaced, and never altered. */
export function openRead(name: string, node: FileNode, signal: AbortSignal | undefined): ReadableFile {
  const content: ReadableFile = {
    stat: async () => entryOf(name, node),
    read: async (into, position) => copied(node.bytes, node.bytes.length, into, position),
    close: async () => {},
  };
  return readableFile(content, signal);
}

export function openWrite(spot: Spot, options: OpenWriteOptions, room: Room): WritableFile {
  const { directory, name } = spot;
  const { truncate = false, signal } = options;
  const node = replaceable(spot.node, options);
  const base = !truncate && node?.kind === 'file' ? node : undefined;
  const partial = !truncate && node === undefined ? directory.partials.get(name) : undefined;
  if (base) room.take(base.bytes.length);
  if (partial) directory.partials.delete(name);
  const content = new EditedContent(name, room, base, partial);
  return writableFile(content, new MemoryEndings({ spot, content, room, base, options }), signal);
}

class EditedContent implements FileContent, MemoryContent {
  readonly #name: string;
  readonly #room: Room;
  readonly #base: FileNode | undefined;
  readonly #extent: FileExtent;
  #before: FileNode;
  /** May be longer than the file, so that it is not made anew for each write; bytes behind the file's end are 0. */
  #bytes: Buffer;

  constructor(name: string, room: Room, base: FileNode | undefined, partial: FileNode | undefined) {
    this.#name = name;
    this.#room = room;
    this.#base = base;
    this.#before = base ?? partial ?? fileNode(Buffer.alloc(0));
    this.#bytes = Buffer.from(this.#before.bytes);
    this.#extent = new FileExtent(this.#bytes.length, partial !== undefined);
  }

  get taken(): number {
    return this.#extent.size;
  }

  async stat(): Promise<Entry> {
    const { unique: _, ...entry } = entryOf(this.#name, this.#before);
    return { ...entry, size: this.#extent.size };
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return copied(this.#bytes, this.#extent.size, into, position);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    if (bytes.length === 0) return;
    const end = position + bytes.length;
    const { size } = this.#extent;
    this.#room.check(end - size);
    this.#extent.wrote(position, end);
    this.#room.take(this.#extent.size - size);
    this.#fit();
    this.#bytes.set(bytes, position);
    this.#touch();
  }

  async truncate(size: number): Promise<void> {
    const before = this.#extent.size;
    this.#room.take(size - before);
    this.#extent.truncated(size);
    if (size < before) this.#bytes = Buffer.from(this.#bytes.subarray(0, size));
    else this.#fit();
    this.#touch();
  }

  async flush(): Promise<void> {}

  publishedOver(published: FileNode | LinkNode | undefined): Buffer {
    if (this.#base !== undefined && this.#base !== published) throw changedMeanwhile();
    checkWhole(this.#extent);
    return Buffer.from(this.#bytes.subarray(0, this.#extent.end));
  }

  kept(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#extent.wholeUpTo));
  }

  #fit(): void {
    const { size } = this.#extent;
    if (size <= this.#bytes.length) return;
    const longer = Buffer.alloc(Math.min(Math.max(size, 2 * this.#bytes.length), this.#room.total));
    longer.set(this.#bytes);
    this.#bytes = longer;
  }

  #touch(): void {
    this.#before = { ...this.#before, modified: new Date() };
  }
}

function copied(bytes: Buffer, size: number, into: Uint8Array, position: number): number {
  const length = readLength(size, position, into.length);
  into.set(bytes.subarray(position, position + length));
  return length;
}

import {
  type Endings,
  type Entry,
  notFound,
  StorageError,
  type StoredEntry,
  type TargetOptions,
} from '../../core/index.ts';
import type { Spot } from './find.ts';
import { type DirectoryNode, entryOf, type FileNode, fileNode, type LinkNode, type Node } from './nodes.ts';
import type { Room } from './room.ts';

/** The bytes of a file that is being written. */
export interface MemoryContent {
  /** How much room they have. */
  readonly taken: number;
  /** What takes the place of what is published. Throws where it must not. */
  publishedOver(published: FileNode | LinkNode | undefined): Buffer;
  /** What can be gone on with. */
  kept(): Buffer;
}

interface Parts {
  readonly spot: Spot;
  readonly content: MemoryContent;
  readonly room: Room;
  /** The published file that it goes on from. */
  readonly base: FileNode | undefined;
  readonly options: TargetOptions;
}

/** Gives what a file may take the place of. @throws StorageError where it may not */
export function replaceable(
  node: Node | undefined,
  { exclusive = false, existing = false }: TargetOptions,
): FileNode | LinkNode | undefined {
  if (node?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  if (node !== undefined && exclusive) throw new StorageError('exists', 'The file exists');
  if (node === undefined && existing) throw notFound();
  return node;
}

/** How a file that is being written becomes one of its directory. */
export class MemoryEndings implements Endings {
  readonly #parts: Parts;
  readonly #directory: DirectoryNode;
  readonly #name: string;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#directory = parts.spot.directory;
    this.#name = parts.spot.name;
    this.#directory.uploads += 1;
  }

  async replaces(): Promise<Entry | undefined> {
    return this.#standing();
  }

  async commit(): Promise<StoredEntry> {
    const { entries, partials } = this.#directory;
    const replaced = this.#standing();
    const published = replaceable(entries.get(this.#name), this.#parts.options);
    const file = this.#made(this.#parts.content.publishedOver(published), published?.mode);
    this.#drop(published);
    this.#drop(partials.get(this.#name));
    partials.delete(this.#name);
    entries.set(this.#name, file);
    return { ...entryOf(this.#name, file), ...(replaced && { replaced }) };
  }

  async suspend(): Promise<Entry | undefined> {
    const { entries, partials } = this.#directory;
    const file = this.#made(this.#parts.content.kept());
    // A part is of no use without the published file that it goes on with.
    if (file.bytes.length === 0 || this.#parts.base !== undefined || entries.has(this.#name)) {
      this.#drop(file);
      return undefined;
    }
    this.#drop(partials.get(this.#name));
    partials.set(this.#name, file);
    return entryOf(this.#name, file);
  }

  async discard(): Promise<void> {
    const { room, content } = this.#parts;
    room.give(content.taken);
    this.#directory.uploads -= 1;
  }

  #standing(): Entry | undefined {
    const { entries, partials } = this.#directory;
    const node = entries.get(this.#name) ?? partials.get(this.#name);
    return node && entryOf(this.#name, node);
  }

  /** A file of these bytes, which has room for them in place of what they came from. */
  #made(bytes: Buffer, mode?: number): FileNode {
    const { room, content } = this.#parts;
    room.give(content.taken - bytes.length);
    this.#directory.uploads -= 1;
    return fileNode(bytes, mode);
  }

  #drop(node: { readonly kind: string; readonly bytes?: Buffer } | undefined): void {
    this.#parts.room.give(node?.bytes?.length ?? 0);
  }
}

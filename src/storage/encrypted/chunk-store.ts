import type { WritableFile } from '../../core/index.ts';
import { ByteRanges } from '../byte-ranges.ts';
import { ChunkSet } from './chunk-set.ts';
import { damaged } from './failures.ts';
import type { ChunkKind, FileKeys } from './file-keys.ts';
import { CHUNK_BYTES, chunkOffset, NONCE_BYTES, SEALED_CHUNK_BYTES } from './layout.ts';
import { readStored, type StoredBytes } from './sealed-file.ts';

/** The stored chunks of a file that is being changed, and the set of those that it has. All but its end are whole. */
export class ChunkStore {
  readonly #stored: WritableFile;
  readonly #keys: FileKeys;
  #set: ChunkSet;
  /** The chunks that are stored as such within a file, and in the set. */
  readonly #middle = new ByteRanges();
  /** Where what was written ends. */
  #storedEnd: number;
  /** The first chunk whose bytes a write that failed may have altered: it is of no use any more. */
  #torn = Number.POSITIVE_INFINITY;

  /** @param set of so many chunks from the first one on, which are stored */
  constructor(stored: WritableFile, keys: FileKeys, { set, count, end }: StandingChunks) {
    this.#stored = stored;
    this.#keys = keys;
    this.#set = set;
    this.#middle.add(0, count);
    this.#storedEnd = end;
  }

  has(index: number): boolean {
    return this.#middle.at(index).isIn;
  }

  /** The chunks from the first one on that are stored without a gap. */
  get wholeUpTo(): number {
    return Math.min(this.#middle.wholeUpTo, this.#torn);
  }

  /** The first chunk that can not be relied on any more. */
  get torn(): number {
    return this.#torn;
  }

  async read(index: number): Promise<Buffer> {
    const sealed = await readStored(this.#stored, chunkOffset(index), SEALED_CHUNK_BYTES);
    const bytes = this.#keys.open(index, 'middle', sealed);
    if (bytes === undefined) throw damaged(`its chunk ${index} does not hold`);
    return bytes;
  }

  /** Stores a whole chunk within the file, in the place of what stood there. */
  async write(index: number, bytes: Uint8Array): Promise<void> {
    const sealed = Buffer.concat(this.#keys.seal(index, 'middle', bytes));
    const former = this.has(index) ? await this.#nonce(index) : undefined;
    try {
      await this.#stored.write(sealed, chunkOffset(index));
    } catch (error) {
      this.#torn = Math.min(this.#torn, index);
      throw error;
    }
    if (former) this.#set.toggle(index, former);
    this.#set.toggle(index, sealed);
    this.#middle.add(index, index + 1);
    this.#storedEnd = Math.max(this.#storedEnd, chunkOffset(index) + sealed.length);
  }

  /** Leaves out the chunks from this one on. */
  async cut(from: number): Promise<void> {
    const { end } = this.#middle;
    // The set of what stays must not be taken from what stands there: chunks of an earlier version would become part of this one.
    if (from === 0) this.#set = new ChunkSet(this.#keys);
    else if (this.#torn < end) this.#set = await setOfStored(this.#stored, this.#keys, from);
    else for (let index = from; index < end; index += 1) await this.#leaveOut(index);
    this.#middle.cut(from);
    if (chunkOffset(from) >= this.#storedEnd) return;
    await this.#stored.truncate(chunkOffset(from));
    this.#storedEnd = chunkOffset(from);
  }

  /** Stores the end of the file behind the whole chunks before it. */
  async writeEnd(index: number, kind: Exclude<ChunkKind, 'middle'>, bytes: Uint8Array): Promise<void> {
    await this.cut(index);
    const sealed = Buffer.concat(this.#keys.seal(index, kind, bytes, this.#set.value));
    await this.#stored.write(sealed, chunkOffset(index));
  }

  async #leaveOut(index: number): Promise<void> {
    if (this.has(index)) this.#set.toggle(index, await this.#nonce(index));
  }

  #nonce(index: number): Promise<Buffer> {
    return readStored(this.#stored, chunkOffset(index), NONCE_BYTES);
  }
}

/** What is stored already of a file that is being changed. */
export interface StandingChunks {
  readonly set: ChunkSet;
  /** Chunks within the file. */
  readonly count: number;
  /** How long the stored file is. */
  readonly end: number;
}

/** The set of so many chunks from the first one on, of an interrupted upload that has no end of its own. */
export async function setOfStored(stored: StoredBytes, keys: FileKeys, count: number): Promise<ChunkSet> {
  const set = new ChunkSet(keys);
  for (let index = 0; index < count; index += 1) {
    set.toggle(index, await readStored(stored, chunkOffset(index), NONCE_BYTES));
  }
  return set;
}

/** Bytes of 0 for a whole chunk. */
export const EMPTY_CHUNK: Uint8Array = new Uint8Array(CHUNK_BYTES);

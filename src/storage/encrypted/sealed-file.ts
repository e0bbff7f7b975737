import { type ReadableFile, StorageError } from '../../core/index.ts';
import { ByteRanges } from '../byte-ranges.ts';
import { ChunkSet } from './chunk-set.ts';
import { damaged } from './failures.ts';
import { FileKeys } from './file-keys.ts';
import type { Keyring } from './keyring.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  chunkOffset,
  HEADER_BYTES,
  isStoredSize,
  lastChunkBytes,
  NONCE_BYTES,
  plainSize,
  SEALED_CHUNK_BYTES,
  SET_BYTES,
} from './layout.ts';

/** The bytes of a stored file. */
export interface StoredBytes {
  read(into: Uint8Array, position: number): Promise<number>;
}

/** A published file, open for reading. Who has read all of its chunks, in whatever order, has them as one version of the file. */
export class SealedFile {
  readonly size: number;
  readonly #stored: ReadableFile;
  readonly #keys: FileKeys;
  readonly #set: ChunkSet;
  /** The chunks that are in the set; undefined where they are too scattered to be kept. */
  #seen: ByteRanges | undefined = new ByteRanges();
  /** What stored chunks are read into, again and again: to take new memory for each costs as much as to decrypt it. */
  readonly #free: Buffer[] = [];
  /** What the last chunk says that the set is. */
  #sealedSet: Buffer | undefined;

  private constructor(stored: ReadableFile, size: number, keys: FileKeys) {
    this.#stored = stored;
    this.size = size;
    this.#keys = keys;
    this.#set = new ChunkSet(keys);
  }

  /** @throws StorageError `io` for a file that is damaged, or whose key is not there */
  static async open(stored: ReadableFile, keyring: Keyring): Promise<SealedFile> {
    const { size } = await stored.stat();
    const header = await readStored(stored, 0, Math.min(size, HEADER_BYTES));
    const { key } = keyring.open(header);
    if (!isStoredSize(size)) throw damaged('no file has its length');
    return new SealedFile(stored, plainSize(size), new FileKeys(key));
  }

  /**
   * The bytes of some chunks, one after the other.
   * @throws StorageError `io` where one is damaged, or the file is a mixture of its versions
   */
  async chunks(first: number, count: number): Promise<Buffer[]> {
    const last = chunkCount(this.size) - 1;
    const end = Math.min(first + count, last + 1);
    const isLastIn = end === last + 1;
    const length = chunkOffset(isLastIn ? last : end) - chunkOffset(first) + (isLastIn ? lastChunkBytes(this.size) : 0);
    const memory = this.#free.pop() ?? Buffer.allocUnsafeSlow(length);
    const stored = memory.length < length ? Buffer.allocUnsafeSlow(length) : memory.subarray(0, length);
    await fillFrom(this.#stored, stored, chunkOffset(first));
    const opened: Buffer[] = [];
    for (let index = first; index < end; index += 1) {
      const at = (index - first) * SEALED_CHUNK_BYTES;
      opened.push(this.#opened(index, stored.subarray(at, index === last ? length : at + SEALED_CHUNK_BYTES)));
    }
    this.#checkSet();
    this.#free.push(memory.length < length ? stored : memory);
    return opened;
  }

  /** Makes sure that the file ends where it seems to: for who may find no byte there. */
  async checkEnd(): Promise<void> {
    await this.chunks(chunkCount(this.size) - 1, 1);
  }

  close(): Promise<void> {
    return this.#stored.close();
  }

  #opened(index: number, sealed: Buffer): Buffer {
    const isLast = index === chunkCount(this.size) - 1;
    const bytes = this.#keys.open(index, isLast ? 'last' : 'middle', sealed);
    if (bytes === undefined) throw damaged(`its chunk ${index} does not hold`);
    if (isLast) {
      const end = bytes.length - SET_BYTES;
      this.#sealedSet = bytes.subarray(end);
      return bytes.subarray(0, end);
    }
    this.#see(index, sealed.subarray(0, NONCE_BYTES));
    return bytes;
  }

  #see(index: number, nonce: Uint8Array): void {
    if (this.#seen === undefined || this.#seen.at(index).isIn) return;
    this.#set.toggle(index, nonce);
    try {
      this.#seen.add(index, index + 1);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#seen = undefined;
    }
  }

  #checkSet(): void {
    const isWhole = this.#sealedSet && this.#seen?.wholeUpTo === chunkCount(this.size) - 1;
    if (isWhole && this.#sealedSet && !this.#set.equals(this.#sealedSet)) {
      throw damaged('its chunks are of different versions of it');
    }
  }
}

/** Bytes of a stored file, all of which must be there. */
export async function readStored(stored: StoredBytes, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  await fillFrom(stored, bytes, position);
  return bytes;
}

async function fillFrom(stored: StoredBytes, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const count = await stored.read(bytes.subarray(done), position + done);
    if (count === 0) throw damaged('it ends early');
    done += count;
  }
}

/** The chunk that holds a byte. */
export function chunkOf(position: number): number {
  return Math.floor(position / CHUNK_BYTES);
}

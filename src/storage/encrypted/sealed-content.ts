import type { Entry, FileContent, WritableFile } from '../../core/index.ts';
import { checkWhole, type FileExtent } from '../file-extent.ts';
import { readLength } from '../ranges.ts';
import { type ChunkStore, EMPTY_CHUNK } from './chunk-store.ts';
import { tooLong } from './failures.ts';
import { CHUNK_BYTES, chunkCount, MAX_FILE_BYTES } from './layout.ts';
import { chunkOf } from './sealed-file.ts';

/** Chunks of an open file that are kept in memory, sealed or not yet: 1 MiB. */
const MAX_KEPT = 16;
/** How much longer a file is made at once by bytes of 0, which are sealed as any others are. */
const MAX_ZEROS = 1024 ** 3;

interface KeptChunk {
  readonly bytes: Buffer;
  isChanged: boolean;
}

/**
 * The bytes of a file that is being changed at any position. Chunks are kept until they are full or others need their place,
 * so that one that comes in parts is sealed once. Calls are made one by one: two may touch one chunk.
 */
export class SealedContent implements FileContent {
  readonly #stored: WritableFile;
  readonly #chunks: ChunkStore;
  readonly #extent: FileExtent;
  readonly #kept = new Map<number, KeptChunk>();
  #turn: Promise<unknown> = Promise.resolve();

  /** @param tail the bytes of its last chunk */
  constructor(stored: WritableFile, chunks: ChunkStore, extent: FileExtent, tail: Uint8Array) {
    this.#stored = stored;
    this.#chunks = chunks;
    this.#extent = extent;
    if (tail.length === 0) return;
    const bytes = Buffer.alloc(CHUNK_BYTES);
    bytes.set(tail);
    this.#kept.set(chunkOf(extent.size - 1), { bytes, isChanged: true });
  }

  /** Bytes that it has now. */
  get size(): number {
    return this.#extent.size;
  }

  stat(): Promise<Entry> {
    return this.#inTurn(async () => ({ ...(await this.#stored.stat()), size: this.#extent.size }));
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#inTurn(async () => {
      const wanted = readLength(this.#extent.size, position, into.length);
      for (let done = 0; done < wanted; ) {
        const at = position + done;
        const { bytes } = await this.#chunk(chunkOf(at));
        const part = bytes.subarray(at % CHUNK_BYTES, (at % CHUNK_BYTES) + wanted - done);
        into.set(part, done);
        done += part.length;
      }
      return wanted;
    });
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#inTurn(async () => {
      if (bytes.length === 0) return;
      if (position + bytes.length > MAX_FILE_BYTES) throw tooLong();
      for (let done = 0; done < bytes.length; ) {
        const at = position + done;
        const start = at % CHUNK_BYTES;
        const part = bytes.subarray(done, done + CHUNK_BYTES - start);
        const chunk = part.length === CHUNK_BYTES ? await this.#fresh(chunkOf(at)) : await this.#chunk(chunkOf(at));
        chunk.bytes.set(part, start);
        chunk.isChanged = true;
        done += part.length;
      }
      this.#extent.wrote(position, position + bytes.length);
    });
  }

  truncate(size: number): Promise<void> {
    return this.#inTurn(async () => {
      if (size > MAX_FILE_BYTES || size - this.#extent.size > MAX_ZEROS) throw tooLong();
      if (size < this.#extent.size) await this.#cut(size);
      this.#extent.truncated(size);
    });
  }

  flush(): Promise<void> {
    return this.#inTurn(async () => {
      for (const [index, chunk] of this.#kept) await this.#store(index, chunk);
      await this.#stored.flush();
    });
  }

  /** Makes it a whole file, for the commit. @throws StorageError `incomplete` */
  finish(): Promise<void> {
    return this.#inTurn(async () => {
      checkWhole(this.#extent);
      await this.#end(this.#extent.end, 'last');
    });
  }

  /** Makes it what can be gone on with; false where nothing of it can. */
  pause(): Promise<boolean> {
    return this.#inTurn(async () => {
      const size = Math.min(this.#extent.wholeUpTo, this.#chunks.torn * CHUNK_BYTES);
      if (size > 0) await this.#end(size, 'suspended');
      return size > 0;
    });
  }

  async #cut(size: number): Promise<void> {
    const [first, rest] = [chunkOf(size), size % CHUNK_BYTES];
    const boundary = rest > 0 ? await this.#chunk(first) : undefined;
    for (const index of this.#kept.keys())
      if (index > first || (index === first && !boundary)) this.#kept.delete(index);
    if (boundary) {
      boundary.bytes.fill(0, rest);
      boundary.isChanged = true;
    }
    await this.#chunks.cut(first);
  }

  async #end(size: number, kind: 'last' | 'suspended'): Promise<void> {
    const last = chunkCount(size) - 1;
    const end = (await this.#chunk(last)).bytes.subarray(0, size - last * CHUNK_BYTES);
    for (const [index, chunk] of this.#kept) if (index < last) await this.#store(index, chunk);
    // What is left are bytes of 0 that nobody wrote.
    for (let index = this.#chunks.wholeUpTo; index < last; index = this.#chunks.wholeUpTo) {
      await this.#chunks.write(index, EMPTY_CHUNK);
    }
    await this.#chunks.writeEnd(last, kind, end);
  }

  /** A chunk with its bytes. */
  async #chunk(index: number): Promise<KeptChunk> {
    const kept = this.#kept.get(index);
    if (kept) return kept;
    return this.#keep(index, this.#chunks.has(index) ? await this.#chunks.read(index) : Buffer.alloc(CHUNK_BYTES));
  }

  /** A chunk all of whose bytes are to come. */
  async #fresh(index: number): Promise<KeptChunk> {
    return this.#kept.get(index) ?? this.#keep(index, Buffer.allocUnsafeSlow(CHUNK_BYTES));
  }

  async #keep(index: number, bytes: Buffer): Promise<KeptChunk> {
    const [oldest] = this.#kept;
    if (oldest && this.#kept.size >= MAX_KEPT) {
      await this.#store(...oldest);
      this.#kept.delete(oldest[0]);
    }
    const chunk = { bytes, isChanged: false };
    this.#kept.set(index, chunk);
    return chunk;
  }

  async #store(index: number, chunk: KeptChunk): Promise<void> {
    if (!chunk.isChanged) return;
    await this.#chunks.write(index, chunk.bytes);
    chunk.isChanged = false;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

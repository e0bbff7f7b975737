import { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import {
  type ByteRange,
  background,
  type CallOptions,
  type Entry,
  type ReadableFile,
  readableFile,
} from '../../core/index.ts';
import { readLength } from '../ranges.ts';
import { CHUNK_BYTES } from './layout.ts';
import { chunkOf, type SealedFile } from './sealed-file.ts';

/** Chunks that are read at once: fewer calls to the storage below, and memory of a bounded size. */
const CHUNKS_AT_ONCE = 4;
/** Requests of SFTP are of a part of a chunk, and several of one chunk are under way. */
const KEPT_CHUNKS = 4;

/** A part of a file as a stream, which owns the file. */
export class SealedReader extends Readable {
  /** The file as it was when it was opened. */
  readonly entry: Entry;
  readonly #file: SealedFile;
  readonly #end: number;
  #position: number;

  constructor(file: SealedFile, { start, end }: Required<ByteRange>, entry: Entry) {
    super({ highWaterMark: CHUNKS_AT_ONCE * CHUNK_BYTES });
    this.entry = entry;
    this.#file = file;
    this.#position = start;
    this.#end = end;
  }

  override _read(): void {
    background(this.#pushNext(), (error) => this.destroy(error as Error));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    closeThen(this.#file, error, callback);
  }

  async #pushNext(): Promise<void> {
    if (this.#position >= this.#end) {
      this.push(null);
      return;
    }
    const first = chunkOf(this.#position);
    const count = Math.min(CHUNKS_AT_ONCE, chunkOf(this.#end - 1) - first + 1);
    const chunks = await this.#file.chunks(first, count);
    for (const [offset, chunk] of chunks.entries()) {
      const start = (first + offset) * CHUNK_BYTES;
      const part = chunk.subarray(Math.max(0, this.#position - start), Math.max(0, this.#end - start));
      this.#position += part.length;
      if (part.length > 0) this.push(part);
    }
    if (this.#position >= this.#end) this.push(null);
  }
}

const closeThen = callbackify(async (file: SealedFile, error: Error | null): Promise<void> => {
  await file.close();
  if (error !== null) throw error;
});

/** The same file at any position, as one that a front-end has open. */
export function readAnywhere(file: SealedFile, stat: ReadableFile['stat'], { signal }: CallOptions): ReadableFile {
  /** The chunks that were asked for last. */
  const kept = new Map<number, Promise<Buffer>>();
  const chunkAt = (index: number): Promise<Buffer> => {
    const chunk = kept.get(index) ?? file.chunks(index, 1).then(([bytes = Buffer.alloc(0)]) => bytes);
    kept.delete(index);
    kept.set(index, chunk);
    for (const other of kept.keys()) if (kept.size > KEPT_CHUNKS) kept.delete(other);
    return chunk;
  };
  const content: ReadableFile = {
    stat,
    async read(into, position) {
      const wanted = readLength(file.size, position, into.length);
      for (let done = 0; done < wanted; ) {
        const at = position + done;
        const chunk = await chunkAt(chunkOf(at));
        const part = chunk.subarray(at % CHUNK_BYTES, (at % CHUNK_BYTES) + wanted - done);
        into.set(part, done);
        done += part.length;
      }
      return wanted;
    },
    close: () => file.close(),
  };
  return readableFile(content, signal);
}

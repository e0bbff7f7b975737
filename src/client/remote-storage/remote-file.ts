import type { Readable } from 'node:stream';
import {
  abortedBy,
  type CallOptions,
  changedMeanwhile,
  checkPosition,
  type Entry,
  interrupted,
  isSameEntry,
  notFound,
  type ReadableFile,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import type { Pool } from '../connection/pool.ts';
import { entryAt, partialEntry } from './remote-entries.ts';
import { readFile } from './remote-reading.ts';

/**
 * Opens a file for reading at any position. Bytes that follow each other come by one RETR, others by one of their own, from
 * their position on (REST). Before each the server is asked whether the file is as it was. @throws StorageError
 */
export async function openRead(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<ReadableFile> {
  if (signal?.aborted) throw abortedBy(signal);
  const entry = await entryAt(pool, path, { signal });
  if (entry?.kind === 'directory') throw new StorageError('is-directory', 'This is a directory');
  if (entry) return new RemoteFile(pool, path, entry, signal);
  throw (await partialEntry(pool, path, { signal })) === undefined ? notFound() : interrupted();
}

class RemoteFile implements ReadableFile {
  readonly #pool: Pool;
  readonly #path: VirtualPath;
  readonly #entry: Entry;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  #bytes: ComingBytes | undefined;
  /** Reads are made one behind the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(pool: Pool, path: VirtualPath, entry: Entry, signal: AbortSignal | undefined) {
    this.#pool = pool;
    this.#path = path;
    this.#entry = entry;
    this.#signal = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
  }

  async stat(): Promise<Entry> {
    this.#check();
    return this.#entry;
  }

  read(into: Uint8Array, position: number): Promise<number> {
    const read = this.#last.then(() => this.#read(into, position));
    this.#last = read.catch(() => undefined);
    return read;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#bytes?.close();
    await this.#last;
  }

  async #read(into: Uint8Array, position: number): Promise<number> {
    this.#check();
    checkPosition(position);
    const length = Math.max(0, Math.min(into.length, this.#entry.size - position));
    if (length > 0) await this.#fill(into.subarray(0, length), position);
    return length;
  }

  async #fill(into: Uint8Array, position: number): Promise<void> {
    try {
      if (await this.#isGoneOn(into, position)) return;
      this.#bytes?.close();
      this.#bytes = await this.#from(position);
      await this.#bytes.fill(into);
    } catch (error) {
      this.#check();
      throw error;
    }
  }

  /** A server gives up a transfer that nobody reads from for a while. */
  async #isGoneOn(into: Uint8Array, position: number): Promise<boolean> {
    if (this.#bytes?.position !== position) return false;
    try {
      await this.#bytes.fill(into);
      return true;
    } catch {
      return false;
    }
  }

  async #from(position: number): Promise<ComingBytes> {
    const now = await entryAt(this.#pool, this.#path, { signal: this.#signal });
    if (!now || !isSameEntry(now, this.#entry)) throw changedMeanwhile();
    return new ComingBytes(await readFile(this.#pool, this.#path, { start: position, signal: this.#signal }), position);
  }

  #check(): void {
    if (this.#signal.aborted) {
      throw new StorageError('aborted', 'The file has been closed', { cause: this.#signal.reason });
    }
  }
}

/** The bytes of a stream, as many at a time as are asked for. */
class ComingBytes {
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  position: number;

  constructor(stream: Readable, position: number) {
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
    this.position = position;
  }

  /** @throws StorageError where fewer bytes come */
  async fill(into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length; ) {
      if (this.#chunk.length === 0) {
        const next = await this.#chunks.next();
        if (next.done) throw new StorageError('io', 'The file was cut short');
        this.#chunk = next.value;
      }
      const copied = this.#chunk.copy(into, done);
      this.#chunk = this.#chunk.subarray(copied);
      this.position += copied;
      done += copied;
    }
  }

  close(): void {
    this.#stream.destroy();
  }
}

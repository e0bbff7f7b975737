import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { callbackify } from 'node:util';
import { attempt } from './failures.ts';

/** Below this, what came is gathered: TLS brings 16 KiB at a time, and a write of that size costs as much as a large one. */
const WRITE_BYTES = 256 * 1024;
/** What may wait while a write is under way. */
const WAITING_BYTES = 1024 * 1024;
/** However small the chunks are. */
const MAX_GATHERED_CHUNKS = 512;

type Callback = (error?: Error | null) => void;

/** Writes to a file from `position` on. Does not own the handle. */
export class FileSink extends Writable {
  readonly #handle: FileHandle;
  #position: number;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle, position: number) {
    super({ highWaterMark: WAITING_BYTES });
    this.#handle = handle;
    this.#position = position;
  }

  /** Resolves when no write is under way and all that was gathered is written, or rejects with why it could not be. */
  async settle(): Promise<void> {
    await this.#writing;
    await this.#flush();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.#gather([chunk], callback);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], callback: Callback): void {
    this.#gather(
      chunks.map(({ chunk }) => chunk),
      callback,
    );
  }

  override _final(callback: Callback): void {
    this.#write(callback);
  }

  #gather(chunks: readonly Buffer[], callback: Callback): void {
    for (const chunk of chunks) {
      this.#gathered.push(chunk);
      this.#gatheredBytes += chunk.length;
    }
    if (this.#gatheredBytes < WRITE_BYTES && this.#gathered.length < MAX_GATHERED_CHUNKS) callback();
    else this.#write(callback);
  }

  #write(callback: Callback): void {
    this.#writing = attempt(() => this.#flush());
    callbackify(() => this.#writing)(callback);
  }

  async #flush(): Promise<void> {
    let chunks = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    while (chunks.length > 0) {
      const { bytesWritten } = await this.#handle.writev(chunks, this.#position);
      this.#position += bytesWritten;
      chunks = remaining(chunks, bytesWritten);
    }
  }
}

/** What a short write left over; the next write then tells why it was short. */
function remaining(chunks: readonly Buffer[], written: number): Buffer[] {
  const left: Buffer[] = [];
  for (const chunk of chunks) {
    if (written < chunk.length) left.push(chunk.subarray(written));
    written = Math.max(0, written - chunk.length);
  }
  return left;
}

import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import { type ByteRange, background, type LendingSource, StorageError } from '../../core/index.ts';
import { storageError } from './failures.ts';
import { PORTION_BYTES, reusePortion, takePortion } from './portion-memory.ts';
import { quicklyRead } from './quickly.ts';

/**
 * The bytes from `start` up to `end`, which must lie within the file. One that is cut short by others meanwhile is a
 * failure: its reader was told its length. Owns the handle and closes it.
 */
export class FileReader extends Readable implements LendingSource {
  readonly #handle: FileHandle;
  #position: number;
  readonly #end: number;

  constructor(handle: FileHandle, { start, end }: Required<ByteRange>) {
    super({ highWaterMark: PORTION_BYTES });
    this.#handle = handle;
    this.#position = start;
    this.#end = end;
  }

  async borrow(): Promise<Uint8Array | undefined> {
    if (this.destroyed) throw this.errored ?? new StorageError('aborted', 'The file was closed');
    if (this.#position === this.#end) return undefined;
    try {
      return await this.#readInto(takePortion());
    } catch (error) {
      throw this.errored ?? storageError(error);
    }
  }

  giveBack(bytes: Uint8Array): void {
    reusePortion(bytes);
  }

  override _read(): void {
    background(this.#readNext(), (error) => this.destroy(storageError(error)));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callbackify(() => this.#close(error))(callback);
  }

  /** A read that is under way delays the closing of its handle. */
  async #close(error: Error | null): Promise<void> {
    await this.#handle.close();
    if (error !== null) throw error;
  }

  async #readNext(): Promise<void> {
    const length = Math.min(PORTION_BYTES, this.#end - this.#position);
    this.push(length === 0 ? null : await this.#readInto(Buffer.allocUnsafeSlow(length)));
  }

  async #readInto(memory: Buffer): Promise<Buffer> {
    const length = Math.min(memory.length, this.#end - this.#position);
    const bytesRead = await quicklyRead(
      () => readSync(this.#handle.fd, memory, 0, length, this.#position),
      async () => (await this.#handle.read(memory, 0, length, this.#position)).bytesRead,
    );
    if (bytesRead === 0) throw new StorageError('io', 'The file was cut short');
    this.#position += bytesRead;
    return memory.subarray(0, bytesRead);
  }
}

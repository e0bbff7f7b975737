import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import { type ByteRange, background, StorageError } from '../../core/index.ts';
import { storageError } from './failures.ts';

/** Large reads cost the least CPU per byte on the way to a TLS socket. */
const READ_BYTES = 256 * 1024;

/**
 * The bytes from `start` up to `end`, which must lie within the file. One that is cut short by others meanwhile is a
 * failure: its reader was told its length. Owns the handle and closes it.
 */
export class FileReader extends Readable {
  readonly #handle: FileHandle;
  #position: number;
  readonly #end: number;

  constructor(handle: FileHandle, { start, end }: Required<ByteRange>) {
    super({ highWaterMark: READ_BYTES });
    this.#handle = handle;
    this.#position = start;
    this.#end = end;
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
    const length = Math.min(READ_BYTES, this.#end - this.#position);
    if (length === 0) {
      this.push(null);
      return;
    }
    const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafeSlow(length), 0, length, this.#position);
    if (bytesRead === 0) throw new StorageError('io', 'The file was cut short');
    this.#position += bytesRead;
    this.push(buffer.subarray(0, bytesRead));
  }
}

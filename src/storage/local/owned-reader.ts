import type { FileHandle } from 'node:fs/promises';
import { callbackify } from 'node:util';
import { type ByteRange, StorageError } from '../../core/index.ts';
import { type Device, FileReader } from '../../disk/index.ts';
import { storageError } from './failures.ts';

/**
 * The bytes from `start` up to `end`, which must lie within the file. One that is cut short by others meanwhile is a
 * failure: its reader was told its length. Owns the handle and closes it.
 */
export class OwnedReader extends FileReader {
  readonly #handle: FileHandle;
  readonly totalBytes: number;
  readonly #end: number;
  readonly #device: Device;

  constructor(handle: FileHandle, { start, end }: Required<ByteRange>, device: Device) {
    super(handle, { start, end, device });
    this.#handle = handle;
    this.totalBytes = end - start;
    this.#end = end;
    this.#device = device;
  }

  override async borrow(): Promise<Uint8Array | undefined> {
    if (this.destroyed) throw this.errored ?? new StorageError('aborted', 'The file was closed');
    try {
      const portion = await super.borrow();
      if (portion || this.position === this.#end) return portion;
    } catch (error) {
      throw this.errored ?? storageError(error);
    }
    throw new StorageError('io', 'The file was cut short');
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callbackify(() => this.#close(error))(callback);
  }

  /** A read that is under way delays the closing of its handle. */
  async #close(error: Error | null): Promise<void> {
    await this.#device.threads(() => this.#handle.close());
    if (error !== null) throw error;
  }
}

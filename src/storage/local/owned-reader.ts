import { callbackify } from 'node:util';
import { type ByteRange, StorageError } from '../../core/index.ts';
import { FileReader, type OpenedFile } from '../../disk/index.ts';
import { storageError } from './failures.ts';

/**
 * The bytes from `start` up to `end`, which must lie within the file. One that is cut short by others meanwhile is a
 * failure: its reader was told its length. Owns the file and closes it.
 */
export class OwnedReader extends FileReader {
  readonly totalBytes: number;
  readonly #file: OpenedFile;
  readonly #size: number;
  readonly #end: number;

  /** @param size the length of the file, in bytes */
  constructor(file: OpenedFile, size: number, { start, end }: Required<ByteRange>) {
    super(file, { start, end, device: file.device });
    this.totalBytes = end - start;
    this.#file = file;
    this.#size = size;
    this.#end = end;
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
    close(this.#file, this.#size, error, callback);
  }
}

const close = callbackify(async (file: OpenedFile, bytes: number, error: Error | null): Promise<void> => {
  await file.close(bytes);
  if (error !== null) throw error;
});

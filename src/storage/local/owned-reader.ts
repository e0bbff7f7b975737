import { callbackify } from 'node:util';
import { type ByteRange, type Entry, StorageError } from '../../core/index.ts';
import { FileReader, type OpenedFile } from '../../disk/index.ts';
import { storageError } from './failures.ts';

/**
 * The bytes from `start` up to `end`, which must lie within the file. One that is cut short by others meanwhile is a
 * failure: its reader was told its length. Owns the file and closes it.
 */
export class OwnedReader extends FileReader {
  readonly totalBytes: number;
  readonly entry: Entry;
  readonly #file: OpenedFile;
  readonly #end: number;

  constructor(file: OpenedFile, entry: Entry, { start, end }: Required<ByteRange>) {
    super(file, { start, end, device: file.device });
    this.totalBytes = end - start;
    this.#file = file;
    this.entry = entry;
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
    close(this.#file, this.entry.size, error, callback);
  }
}

const close = callbackify(async (file: OpenedFile, bytes: number, error: Error | null): Promise<void> => {
  await file.close(bytes);
  if (error !== null) throw error;
});

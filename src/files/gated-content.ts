import { Readable, Writable } from 'node:stream';
import { background, type WritableFile } from '../core/index.ts';

const PORTION_BYTES = 65_536;

/** Writes what comes to a file, from a position on. Chunks that wait together are one write. */
export class ContentSink extends Writable {
  readonly #file: Pick<WritableFile, 'write'>;
  #position: number;

  constructor(file: Pick<WritableFile, 'write'>, position: number) {
    super({ highWaterMark: PORTION_BYTES });
    this.#file = file;
    this.#position = position;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const at = this.#position;
    this.#position += chunk.length;
    background(this.#write(chunk, at, callback), (error) => callback(error as Error));
  }

  async #write(chunk: Buffer, at: number, callback: () => void): Promise<void> {
    await this.#file.write(chunk, at);
    callback();
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', callback);
  }
}

/** Reads a file that is open, from its first byte to its end. Does not close it. */
export class ContentReader extends Readable {
  readonly #file: Pick<WritableFile, 'read'>;
  #position = 0;

  constructor(file: Pick<WritableFile, 'read'>) {
    super({ highWaterMark: PORTION_BYTES });
    this.#file = file;
  }

  override _read(): void {
    background(this.#pushNext(), (error) => this.destroy(error as Error));
  }

  async #pushNext(): Promise<void> {
    // New memory for each portion: whoever takes it may hold it.
    const portion = Buffer.alloc(PORTION_BYTES);
    const length = await this.#file.read(portion, this.#position);
    this.#position += length;
    this.push(length === 0 ? null : portion.subarray(0, length));
  }
}

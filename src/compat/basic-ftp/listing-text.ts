import { Writable } from 'node:stream';
import type { Charset } from '../../protocol/index.ts';

/** Keeps a listing in memory, up to a number of bytes. */
export class TextCollector extends Writable {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  text({ decode }: Charset): string {
    return decode(Buffer.concat(this.#chunks));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      done(new Error(`The listing is longer than ${this.#maxBytes} bytes (maxListingBytes)`));
      return;
    }
    this.#chunks.push(chunk);
    done();
  }
}

import { Transform, type TransformCallback } from 'node:stream';
import { createDeflate, createInflate } from 'node:zlib';
import { DataError } from '../transport/index.ts';

/** MODE Z (draft-preston-ftpext-deflate-04): a zlib stream, from which a peer gets bytes without a long wait. */
export function compress(): Transform {
  return createDeflate({ level: 6, chunkSize: 65_536 });
}

/** The other way. A stream that swells beyond `maxRatio` bytes for each byte that came is taken for an attack. */
export function decompress(maxRatio: number): Transform {
  return new BoundedInflate(maxRatio);
}

/** Small files may swell by chance: below this many bytes the ratio is not looked at. */
const UNCHECKED_BYTES = 1_048_576;

class BoundedInflate extends Transform {
  readonly #inflate = createInflate({ chunkSize: 65_536 });
  readonly #maxRatio: number;
  #bytesIn = 0;
  #bytesOut = 0;
  /** Waits for the end of the stream, once no more comes. */
  #onEnd: (() => void) | undefined;

  constructor(maxRatio: number) {
    super();
    this.#maxRatio = maxRatio;
    this.#inflate.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#inflate.on('end', () => {
      if (this.#onEnd) this.#onEnd();
      else this.destroy(new DataError('bad-data', 'Something follows the end of the MODE Z stream'));
    });
    this.#inflate.on('error', (cause) =>
      this.destroy(new DataError('bad-data', 'Not a valid MODE Z stream', { cause })),
    );
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytesIn += chunk.length;
    this.#inflate.write(chunk, () => done());
  }

  override _flush(done: TransformCallback): void {
    // Some clients make no zlib stream of an empty file.
    if (this.#bytesIn === 0) {
      done();
      return;
    }
    this.#onEnd = done;
    this.#inflate.end();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inflate.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    this.#bytesOut += chunk.length;
    if (this.#bytesOut > UNCHECKED_BYTES && this.#bytesOut > this.#bytesIn * this.#maxRatio) {
      this.destroy(new DataError('bad-data', `The MODE Z stream swells more than ${this.#maxRatio}-fold: use MODE S`));
      return;
    }
    this.push(chunk);
  }
}

import { finished, Writable } from 'node:stream';

/**
 * Passes bytes on to a sink at the sink's own speed and counts them, without ending it: whoever owns the sink decides
 * what becomes of it. A failure of the sink is this one's own.
 */
export class CountingSink extends Writable {
  readonly #sink: Writable;
  readonly #onBytes: (bytes: number) => void;
  readonly #letGo: () => void;

  constructor(sink: Writable, onBytes: (bytes: number) => void) {
    super();
    this.#sink = sink;
    this.#onBytes = onBytes;
    // Whoever waits for this sink hears of it; a failure after that, as when an abort ends the sink too, is no news.
    this.on('error', () => {});
    this.#letGo = finished(sink, { readable: false }, (error) =>
      this.destroy(error ?? new Error('The sink was ended')),
    );
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#onBytes(chunk.length);
    if (this.#sink.write(chunk)) done();
    else this.#sink.once('drain', done);
  }

  override _final(done: () => void): void {
    this.#letGo();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#letGo();
    done(error);
  }
}

import { Writable } from 'node:stream';

type Callback = (error?: Error | null) => void;

/** Passes chunks on to `sink`; `meter` hears of their bytes first and may throw to end the stream. */
export class MeteredSink extends Writable {
  readonly #sink: Writable;
  readonly #meter: (bytes: number) => void;

  constructor(sink: Writable, meter: (bytes: number) => void) {
    super({ highWaterMark: sink.writableHighWaterMark });
    this.#sink = sink;
    this.#meter = meter;
    sink.on('error', (error) => this.destroy(error));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    try {
      this.#meter(chunk.length);
    } catch (error) {
      callback(error as Error);
      return;
    }
    // A sink that was destroyed answers late writes with an error that hides the reason.
    this.#sink.write(chunk, (error) => callback(error && (this.#sink.errored ?? error)));
  }
}

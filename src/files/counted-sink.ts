import { Writable } from 'node:stream';
import { background } from '../core/index.ts';

type Callback = (error?: Error | null) => void;
/** Reserves bytes before they pass. It throws or rejects to end the stream. */
type Reserve = (bytes: number) => void | Promise<void>;

/** Passes chunks on to `sink`, once `reserve` has let them. What waits meanwhile is reserved as one. */
export class CountedSink extends Writable {
  readonly #sink: Writable;
  readonly #reserve: Reserve;

  constructor(sink: Writable, reserve: Reserve) {
    super({ highWaterMark: sink.writableHighWaterMark });
    this.#sink = sink;
    this.#reserve = reserve;
    sink.on('error', (error) => this.destroy(error));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.#take([chunk], callback);
  }

  override _writev(waiting: readonly { readonly chunk: Buffer }[], callback: Callback): void {
    this.#take(
      waiting.map(({ chunk }) => chunk),
      callback,
    );
  }

  #take(chunks: readonly Buffer[], callback: Callback): void {
    let reserved: void | Promise<void>;
    try {
      reserved = this.#reserve(chunks.reduce((bytes, { length }) => bytes + length, 0));
    } catch (error) {
      callback(error as Error);
      return;
    }
    if (reserved)
      background(
        reserved.then(() => this.#pass(chunks, callback)),
        callback as (error: unknown) => void,
      );
    else this.#pass(chunks, callback);
  }

  #pass(chunks: readonly Buffer[], callback: Callback): void {
    // A sink that was destroyed answers late writes with an error that hides the reason.
    const onWritten: Callback = (error) => callback(error && (this.#sink.errored ?? error));
    for (const chunk of chunks.slice(0, -1)) this.#sink.write(chunk);
    this.#sink.write(chunks.at(-1), onWritten);
  }
}

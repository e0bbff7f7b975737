import { finished, Writable } from 'node:stream';
import { finished as whenFinished } from 'node:stream/promises';
import { callbackify } from 'node:util';
import { background } from '../../core/index.ts';
import { aborted } from '../connection/aborted.ts';
import { ClientError } from '../errors.ts';
import type { Sink } from './transfer-options.ts';

export interface DownloadSinkOptions {
  /** Byte of the file that comes first. */
  readonly start: number;
  /** Byte to stop before. Default: none. */
  readonly end?: number | undefined;
  /** Sees what goes to the sink, in order. What it throws is a failure of the sink. */
  readonly onChunk: (chunk: Uint8Array, position: number) => void;
}

/** Where a download must end. What comes beyond is a failure, and reaches the sink not at all. */
export interface DownloadLimit {
  /** Byte of the file that nothing may come from on. */
  readonly end: number;
  /** For people: how that is known. */
  readonly because: string;
}

/**
 * What a download is poured into, over any number of connections: passes bytes on at the sink's own speed, and knows how
 * far it came. Ending it ends the sink, and is done when that has finished; destroying it destroys the sink.
 */
export class DownloadSink extends Writable {
  limit: DownloadLimit | undefined;
  /** Resolves when the byte before `end` has come. */
  readonly full: Promise<void>;
  readonly #sink: Writable;
  readonly #options: DownloadSinkOptions;
  readonly #reportFull: () => void;
  #position: number;
  #isEnding = false;

  constructor(sink: Writable, options: DownloadSinkOptions) {
    super({ highWaterMark: heldBytes });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sink = sink;
    this.#options = options;
    this.#position = options.start;
    this.full = promise;
    this.#reportFull = resolve;
    // Whoever pours hears of it; a failure that nobody waits for any more is no news.
    this.on('error', () => undefined);
    finished(sink, { readable: false }, (error) => {
      if (!this.#isEnding) this.destroy(error ?? new Error('The sink was ended by somebody else'));
    });
  }

  /** Byte of the file that comes next. */
  get position(): number {
    return this.#position;
  }

  /** Ends the sink. @throws ClientError once the signal is given, for a sink that does not end */
  async finish(signal: AbortSignal | undefined): Promise<void> {
    this.end();
    try {
      await whenFinished(this, signal && { signal });
    } catch (error) {
      throw signal?.aborted ? aborted(signal, 'local') : error;
    }
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    let wanted: Uint8Array;
    try {
      wanted = this.take(chunk);
    } catch (error) {
      done(asError(error));
      return;
    }
    const mayGoOn = wanted.length === 0 || this.#sink.write(wanted);
    if (mayGoOn) done();
    else this.#sink.once('drain', done);
  }

  /**
   * Counts what came; gives what of it is to go to the sink.
   * @throws ClientError `wrong-size` beyond the limit; what `onChunk` throws
   */
  protected take(chunk: Uint8Array): Uint8Array {
    const { end = Number.POSITIVE_INFINITY, onChunk } = this.#options;
    if (this.limit && this.#position + chunk.length > this.limit.end) throw tooMuch(this.limit);
    const wanted = chunk.length <= end - this.#position ? chunk : chunk.subarray(0, end - this.#position);
    onChunk(wanted, this.#position);
    this.#position += wanted.length;
    if (this.#position === end) this.#reportFull();
    return wanted;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#isEnding = true;
    finished(this.#sink, { readable: false }, done);
    this.#sink.end();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#sink.writableFinished) this.#sink.destroy(error ?? undefined);
    done(error);
  }
}

/** A few chunks of TLS. */
const heldBytes = 64 * 1024;

/**
 * A sink as a stream of Node. Its failures reach the caller by the promise of the call: they are no uncaught errors.
 * @throws ClientError `local` for one that takes nothing any more
 */
export function writableOf(sink: Exclude<Sink, string>): Writable {
  const writable = 'getWriter' in sink ? fromWeb(sink) : sink;
  if (!writable.writable) {
    const cause = writable.errored ?? undefined;
    throw new ClientError('local', 'The sink was ended before anything came', { phase: 'local', cause });
  }
  return writable.on('error', () => undefined);
}

/** Node's own adapter lets the failure of a pending write go unhandled. */
function fromWeb(sink: WritableStream<Uint8Array>): Writable {
  const writer = sink.getWriter();
  const writable = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => callbackify(() => writer.write(chunk))(done),
    final: (done) => callbackify(() => writer.close())(done),
    destroy: (error, done) => callbackify(() => writer.abort(error))(() => done(error)),
  });
  background(writer.closed, (error) => writable.destroy(asError(error)));
  return writable;
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Keeps what comes. @throws ClientError `limit` through the stream, beyond `maxBytes` */
export class MemorySink extends Writable {
  readonly #chunks: Uint8Array[] = [];
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    done(this.#bytes > this.#maxBytes ? tooLarge(this.#maxBytes) : null);
  }

  /** All of it. */
  take(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

function tooMuch({ because }: DownloadLimit): ClientError {
  return new ClientError('wrong-size', `The server sends more than ${because}`, { phase: 'transfer' });
}

export function tooLarge(maxBytes: number): ClientError {
  return new ClientError('limit', `The file has more than ${maxBytes} bytes (maxBufferBytes)`, { phase: 'transfer' });
}

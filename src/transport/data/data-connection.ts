import type { Writable } from 'node:stream';
import type { Ending, TlsFacts } from '../../core/index.ts';
import type { HostPort } from '../../protocol/index.ts';
import { peerOf } from '../addresses.ts';
import { DataError } from '../data-error.ts';
import type { StreamEnding } from '../tls/end-of-stream.ts';
import { type ExchangeOptions, exchangeAll } from './exchange.ts';
import { receiveAll } from './receive.ts';
import { sendAll } from './send.ts';
import type { DataTransferOptions } from './transfer-options.ts';
import { TransferStream, type TransferStreamParts } from './transfer-stream.ts';

/** An open data connection, for one transfer. */
export class DataConnection implements AsyncDisposable {
  readonly remote: HostPort;
  readonly tls: TlsFacts | undefined;
  readonly #transfer: TransferStream;
  #bytes = 0;

  /** @internal By an endpoint's `open`. */
  constructor(parts: TransferStreamParts) {
    this.#transfer = new TransferStream(parts);
    this.remote = peerOf(parts.tcp);
    this.tls = parts.facts;
  }

  /** Bytes that moved so far, as the storage counts them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How the peer ended its TLS stream, as far as it has and that is known: also behind a `send`. */
  get peerEnding(): StreamEnding | undefined {
    return this.#transfer.ending;
  }

  /**
   * Sends all of `source` and ends the stream, with close_notify in TLS; then waits, for a bounded time, for the peer to
   * end its own.
   * @throws DataError, for a part too; or what the source or a step between throws
   */
  async send(source: AsyncIterable<Uint8Array>, options: DataTransferOptions): Promise<{ readonly bytes: number }> {
    await this.#abortable(options.signal, sendAll(this.#transfer, source, options, this.#count));
    return { bytes: this.#bytes };
  }

  /**
   * Writes all that comes to `sink`, which it does not end, and says how the peer's stream ended. After `clean` and
   * `cut` the sink has got everything that came, after the others perhaps less.
   * @throws what the sink or a step between throws; what happens on the wire is an ending and no error
   */
  async receive(
    sink: Writable,
    options: DataTransferOptions,
  ): Promise<{ readonly bytes: number; readonly ending: Ending }> {
    const ending = await this.#abortable(options.signal, receiveAll(this.#transfer, sink, options, this.#count));
    return { bytes: this.#bytes, ending };
  }

  /**
   * Sends and receives at once. Resolves when both sides have ended the stream; whether all came is for the bytes
   * themselves to say. @throws DataError, or what the outgoing bytes failed with
   */
  exchange(options: ExchangeOptions): Promise<void> {
    return this.#abortable(options.signal, exchangeAll(this.#transfer, options, this.#count));
  }

  /** Ends it at once. A transfer under way fails. */
  abort(): void {
    this.#transfer.break(new DataError('aborted', 'The transfer was aborted'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#transfer.isBroken) this.abort();
    // What a write under way still fails with is no news.
    await this.#transfer.closed;
  }

  readonly #count = (bytes: number): void => {
    this.#bytes += bytes;
  };

  async #abortable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
    const onAbort = (): void => this.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await work;
    } catch (error) {
      this.abort();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

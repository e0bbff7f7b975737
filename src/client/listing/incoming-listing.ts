import { Writable } from 'node:stream';
import type { ListedEntry } from '../../protocol/index.ts';
import { ClientError } from '../errors.ts';
import type { ClientLimits } from '../limits.ts';

/** A part of a listing: text that is still to be read, or entries. */
type ListingPart = Buffer | readonly ListedEntry[];

/**
 * A listing on its way from the server to whoever reads the entries. It lets a little come ahead
 * and holds the server back beyond that, unless another call waits for the connection: then all of it is taken in, since
 * the caller who reads may be the one who waits.
 */
export class IncomingListing extends Writable {
  /** What its lines are: facts as MLSD has them, or LIST's, in the server's own dialect. Said before the first byte. */
  format: 'facts' | 'lines' = 'facts';
  /** Bytes that came in all. */
  receivedBytes = 0;
  readonly #maxHeldBytes: number;
  readonly #parts: { readonly part: ListingPart; readonly bytes: number }[] = [];
  #heldBytes = 0;
  #buffersAll = false;
  #resume: (() => void) | undefined;
  #wake: () => void = () => undefined;
  #outcome: { readonly error?: unknown } | undefined;

  constructor({ maxBufferBytes }: ClientLimits) {
    super();
    this.#maxHeldBytes = maxBufferBytes;
    // It is the transfer that tells of it.
    this.on('error', () => undefined);
  }

  /** Takes in all that comes, up to `maxBufferBytes`, whether somebody reads or not. */
  bufferAll(): void {
    this.#buffersAll = true;
    this.#accept();
  }

  /** Nothing more comes: the listing came to its end. */
  complete(): void {
    this.#outcome = {};
    this.#wake();
  }

  /** Nothing more comes; `error` is thrown behind what came. */
  fail(error: unknown): void {
    this.#outcome = { error };
    this.#wake();
  }

  /** What came, once. */
  async *parts(): AsyncGenerator<ListingPart> {
    for (;;) {
      const next = this.#parts.shift();
      if (next) {
        this.#heldBytes -= next.bytes;
        this.#accept();
        yield next.part;
        continue;
      }
      if (this.#outcome && 'error' in this.#outcome) throw this.#outcome.error;
      if (this.#outcome) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Takes entries that came in so many bytes. Resolves when more may come. @throws ClientError `limit` */
  add(entries: readonly ListedEntry[], bytes: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#hold(entries, bytes, (error) => (error ? reject(error) : resolve()));
    return promise;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#hold(chunk, chunk.length, done);
  }

  #hold(part: ListingPart, bytes: number, done: (error?: Error | null) => void): void {
    this.#parts.push({ part, bytes });
    this.#heldBytes += bytes;
    this.receivedBytes += bytes;
    this.#wake();
    if (this.#heldBytes > this.#maxHeldBytes) {
      done(new ClientError('limit', 'The listing is too long to be held (maxBufferBytes)', { phase: 'transfer' }));
      return;
    }
    this.#resume = done;
    this.#accept();
  }

  #accept(): void {
    if (!this.#buffersAll && this.#heldBytes > aheadBytes) return;
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }
}

/** What may wait for a reader who is slower than the server. */
const aheadBytes = 256 * 1024;

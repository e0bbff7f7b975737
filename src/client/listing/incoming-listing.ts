import { Writable } from 'node:stream';
import { ClientError } from '../errors.ts';
import type { ClientLimits } from '../limits.ts';

/**
 * The bytes of a listing on their way from the data connection to whoever reads the entries. It lets a little come ahead
 * and holds the server back beyond that, unless another call waits for the connection: then all of it is taken in, since
 * the caller who reads may be the one who waits.
 */
export class IncomingListing extends Writable {
  /** What its lines are: facts as MLSD has them, or LIST's, in the server's own dialect. Said before the first byte. */
  format: 'facts' | 'lines' = 'facts';
  /** Bytes that came in all. */
  receivedBytes = 0;
  readonly #maxHeldBytes: number;
  readonly #chunks: Buffer[] = [];
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
  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#heldBytes -= chunk.length;
        this.#accept();
        yield chunk;
        continue;
      }
      if (this.#outcome && 'error' in this.#outcome) throw this.#outcome.error;
      if (this.#outcome) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    this.receivedBytes += chunk.length;
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

import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { background, changedMeanwhile, StorageError } from '../../core/index.ts';
import type { Bucket, ObjectInfo } from './bucket.ts';
import { reasonOf, storageError } from './failures.ts';

const FIRST_PAUSE_MS = 100;

interface Begun {
  readonly info: ObjectInfo;
  readonly body: Readable;
}

interface Wanted {
  readonly start: number;
  /** The last byte and one. */
  readonly end: number;
}

/**
 * The bytes of an object as one stream. Where its connection is cut, or the reader was so slow that the service ended it,
 * it goes on at the byte where it stopped, as long as the object is the same.
 */
export class ObjectReader extends Readable {
  readonly #bucket: Bucket;
  readonly #info: ObjectInfo;
  readonly #over = new AbortController();
  readonly #chunks: AsyncGenerator<Buffer>;
  #body: Readable | undefined;

  constructor(bucket: Bucket, { info, body }: Begun, wanted: Wanted) {
    super();
    this.#bucket = bucket;
    this.#info = info;
    this.#body = body;
    // It may fail before anybody reads it.
    body.on('error', () => {});
    this.#chunks = this.#bytes(wanted);
  }

  override _read(): void {
    const pulled = this.#chunks.next().then(({ done, value }) => this.push(done === true ? null : value));
    background(pulled, (error) => this.destroy(storageError(error)));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#over.abort();
    this.#body?.destroy();
    callback(error);
  }

  async *#bytes({ start, end }: Wanted): AsyncGenerator<Buffer> {
    let position = start;
    let failures = 0;
    while (position < end) {
      try {
        this.#body ??= await this.#reopened(position, end);
        for await (const chunk of this.#body as AsyncIterable<Buffer>) {
          position += chunk.length;
          failures = 0;
          if (position > end) throw new StorageError('io', 'The storage service gave more bytes than there are');
          yield chunk;
        }
        if (position < end) throw new StorageError('io', 'The storage service gave less bytes than there are');
      } catch (error) {
        this.#body?.destroy();
        this.#body = undefined;
        failures += 1;
        await this.#pause(error, failures);
      }
    }
  }

  async #reopened(start: number, end: number): Promise<Readable> {
    const { signal } = this.#over;
    const { key, etag } = this.#info;
    const { body } = await this.#bucket.get(key, { start, end, ifMatch: etag, signal });
    body.on('error', () => {});
    return body;
  }

  /** @throws StorageError for what another try does not help against */
  async #pause(error: unknown, failures: number): Promise<void> {
    const { signal } = this.#over;
    const reason = reasonOf(error);
    if (reason === 'precondition' || reason === 'missing' || reason === 'range') throw changedMeanwhile();
    if (signal.aborted || reason === 'refused' || failures >= this.#bucket.settings.maxAttempts) throw error;
    await delay(Math.random() * FIRST_PAUSE_MS * 2 ** failures, undefined, { signal });
  }
}

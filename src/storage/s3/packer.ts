import { StorageError } from '../../core/index.ts';
import type { ObjectInfo } from './bucket.ts';
import type { MultipartBucket, OpenMultipart, Part, StoredPart } from './multipart-bucket.ts';
import { fetched } from './open-read.ts';
import { MAX_COPY_BYTES, MIN_PART_BYTES } from './settings.ts';

/** Puts the parts of a file together of bytes, of ranges of other objects, and of parts that were sent. */
export class Packer {
  readonly #bucket: MultipartBucket;
  readonly #to: OpenMultipart;
  readonly #parts: Part[] = [];
  /** Bytes that are too few for a part yet. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #number = 1;

  constructor(bucket: MultipartBucket, to: OpenMultipart) {
    this.#bucket = bucket;
    this.#to = to;
  }

  async bytes(bytes: Buffer): Promise<void> {
    if (bytes.length > 0) this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= MIN_PART_BYTES) await this.#flush();
  }

  /** The service copies what is large enough for parts; the rest is read. */
  async range(from: ObjectInfo, start: number, end: number): Promise<void> {
    let position = start;
    const take = async (bytes: number): Promise<void> => {
      const size = Math.min(bytes, end - position);
      const range = { start: position, end: position + size, signal: undefined };
      if (size > 0) await this.bytes(await fetched(this.#bucket, from, range));
      position += size;
    };
    if (this.#pendingBytes > 0) await take(MIN_PART_BYTES - this.#pendingBytes);
    while (end - position >= MIN_PART_BYTES) {
      const rest = end - position;
      const size = rest <= MAX_COPY_BYTES ? rest : MAX_COPY_BYTES - MIN_PART_BYTES;
      this.#parts.push(await this.#bucket.copyPart(this.#to, this.#next(), from, position, position + size));
      position += size;
    }
    await take(end - position);
  }

  /** @throws StorageError `busy` where what comes before them is too little for a part */
  async sent(parts: readonly StoredPart[]): Promise<void> {
    const [first] = parts;
    if (first === undefined) return;
    if (this.#pendingBytes > 0 || this.#number > first.number) {
      throw new StorageError('busy', 'Another upload has made the file meanwhile');
    }
    this.#parts.push(...parts);
    this.#number = (parts.at(-1)?.number ?? 0) + 1;
  }

  async end(): Promise<readonly Part[]> {
    await this.#flush();
    return this.#parts;
  }

  async #flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const body = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#parts.push(await this.#bucket.sendPart(this.#to, this.#next(), body));
  }

  #next(): number {
    const number = this.#number;
    this.#number += 1;
    return number;
  }
}

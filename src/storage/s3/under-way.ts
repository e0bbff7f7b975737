import { createHash, randomUUID } from 'node:crypto';
import { background, StorageError } from '../../core/index.ts';
import type { Metadata } from './bucket.ts';
import { UPLOAD } from './entries.ts';
import { reasonOf } from './failures.ts';
import type { Keys } from './keys.ts';
import type { MultipartBucket, OpenMultipart } from './multipart-bucket.ts';

const REFRESH_MS = 30_000;
/** Longer than several refreshes that failed, and than clocks differ. */
const STALE_MS = 150_000;

/** What another process says of an upload in parts. */
export interface Beat {
  readonly key: string;
  readonly etag: string;
  readonly modified: Date;
  /** What stands in the metadata of the file that the parts will be. */
  readonly id: string;
  /** Whether the process that wrote it has not said for long that it lives. */
  readonly isStale: boolean;
}

interface Mine {
  readonly key: string;
  readonly body: Buffer;
  readonly metadata: Metadata;
  readonly etag: string;
}

/**
 * The uploads in parts of this process. An object of each says that it is under way, and is written again and again: who
 * finds one that is old knows that its process has ended, and can go on with the parts or remove them.
 */
export class UnderWay {
  readonly #bucket: MultipartBucket;
  readonly #keys: Keys;
  /** Other text than that of any other process, so that its ETag differs. */
  readonly #owner = randomUUID();
  readonly #mine = new Map<string, Mine>();
  #timer: NodeJS.Timeout | undefined;

  constructor(bucket: MultipartBucket, keys: Keys) {
    this.#bucket = bucket;
    this.#keys = keys;
  }

  /**
   * Says that an upload of this process goes on with these parts.
   * @param id what stands in the metadata of the file that they will be
   * @param left what an ended process said of it
   * @throws StorageError `busy` where another process does
   */
  async begin(upload: OpenMultipart, id: string, left?: Beat): Promise<void> {
    const key = this.#keyOf(upload.uploadId);
    const body = Buffer.from(JSON.stringify({ ...upload, owner: this.#owner }));
    const condition = left ? { ifMatch: left.etag } : ({ ifNoneMatch: '*' } as const);
    const metadata = { [UPLOAD]: id };
    const etag = await this.#bucket
      .put(key, body, metadata, condition)
      .catch((error: unknown) => this.#unlessMine(key, error));
    this.#mine.set(upload.uploadId, { key, body, metadata, etag });
    this.#timer ??= setInterval(() => this.#refresh(), REFRESH_MS).unref();
  }

  async end({ uploadId }: OpenMultipart): Promise<void> {
    this.#mine.delete(uploadId);
    if (this.#mine.size === 0) this.stop();
    await this.#bucket.remove(this.#keyOf(uploadId));
  }

  isMine(uploadId: string): boolean {
    return this.#mine.has(uploadId);
  }

  /** Undefined of an upload that no Lockport made, or none that is under way. */
  async beat(uploadId: string): Promise<Beat | undefined> {
    const key = this.#keyOf(uploadId);
    const info = await this.#bucket.head(key);
    return info && { ...info, id: info.metadata[UPLOAD] ?? '', isStale: isOld(info.modified, STALE_MS) };
  }

  /** Those of other processes that have said nothing for so long, in milliseconds. */
  async *left(keepMs: number): AsyncGenerator<OpenMultipart> {
    for await (const { objects } of this.#bucket.pages({ prefix: this.#keys.underWay })) {
      for (const { key, modified } of objects) {
        if (!isOld(modified, Math.max(keepMs, STALE_MS))) continue;
        const text = (await this.#bucket.bytes(key)).toString();
        const upload = uploadIn(text);
        if (upload && !this.isMine(upload.uploadId)) yield upload;
      }
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #refresh(): void {
    for (const [uploadId, { key, body, metadata, etag }] of this.#mine) {
      background(this.#bucket.put(key, body, metadata, { ifMatch: etag }), (error) => {
        // Another process goes on with its parts: the commit of this one will fail.
        if (reasonOf(error) === 'precondition') this.#mine.delete(uploadId);
      });
    }
  }

  /** Whose object it is where it is not known what became of the request that wrote it. */
  async #unlessMine(key: string, error: unknown): Promise<string> {
    const info = await this.#bucket.head(key);
    if (info && (await this.#bucket.bytes(key)).toString().includes(this.#owner)) return info.etag;
    if (reasonOf(error) === 'precondition') throw new StorageError('busy', 'Another process goes on with this upload');
    throw error;
  }

  #keyOf(uploadId: string): string {
    return this.#keys.underWay + createHash('sha256').update(uploadId).digest('hex');
  }
}

export function isOld(modified: Date, ms: number): boolean {
  return Date.now() - modified.getTime() >= ms;
}

function uploadIn(text: string): OpenMultipart | undefined {
  try {
    const { key, uploadId } = JSON.parse(text) as Record<string, unknown>;
    return typeof key === 'string' && typeof uploadId === 'string' ? { key, uploadId } : undefined;
  } catch {
    return undefined;
  }
}

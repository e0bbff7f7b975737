import { randomUUID } from 'node:crypto';
import { StorageError } from '../../core/index.ts';
import type { Condition, Metadata, ObjectInfo } from './bucket.ts';
import { published } from './confirmation.ts';
import { UPLOAD } from './entries.ts';
import type { MultipartBucket } from './multipart-bucket.ts';
import { Packer } from './packer.ts';
import { MAX_COPY_BYTES } from './settings.ts';
import type { SharedUploads } from './shared.ts';

/** Copies by the service, which also moves them: S3 has no rename. */
export class Copies {
  readonly #bucket: MultipartBucket;
  readonly #shared: SharedUploads;
  readonly #maxCopyBytes: number;

  /** @param maxCopyBytes what is larger is copied in parts */
  constructor(bucket: MultipartBucket, shared: SharedUploads, maxCopyBytes = MAX_COPY_BYTES) {
    this.#bucket = bucket;
    this.#shared = shared;
    this.#maxCopyBytes = maxCopyBytes;
  }

  /**
   * Copies an object as it is, and makes sure that the copy is there.
   * @param metadata of the copy; that of the source otherwise
   * @throws StorageError `busy` where the source is another one by now
   */
  async copy(
    from: ObjectInfo,
    to: string,
    metadata: Metadata = from.metadata,
    condition: Condition = {},
  ): Promise<ObjectInfo> {
    const id = randomUUID();
    const named = { ...metadata, [UPLOAD]: id };
    const { size } = from;
    if (size <= this.#maxCopyBytes) {
      let isConfirmed = false;
      const publish = async (): Promise<void> => {
        await this.#bucket.copy(from, to, named, condition);
        isConfirmed = true;
      };
      return published(this.#bucket, { key: to, id, size, publish, isOpen: async () => !isConfirmed });
    }
    const multipart = await this.#bucket.create(to, named);
    await this.#shared.underWay.begin(multipart, id);
    try {
      const packer = new Packer(this.#bucket, multipart);
      await packer.range(from, 0, size);
      const parts = await packer.end();
      const publish = (): Promise<void> => this.#bucket.complete(multipart, parts, condition);
      const isOpen = (): Promise<boolean> => this.#bucket.isOpen(multipart);
      const copy = await published(this.#bucket, { key: to, id, size, publish, isOpen });
      await this.#shared.underWay.end(multipart);
      return copy;
    } catch (error) {
      await this.#shared.interrupted.abort(multipart).catch(() => {});
      throw error;
    }
  }

  /** The source goes once the copy is there, and only while it is what was copied. */
  async move(
    from: ObjectInfo,
    to: string,
    metadata: Metadata = from.metadata,
    condition: Condition = {},
  ): Promise<void> {
    await this.copy(from, to, metadata, condition);
    const now = await this.#bucket.head(from.key);
    if (now?.etag === from.etag) await this.#bucket.remove(from.key, { ifMatch: from.etag });
    else if (now)
      throw new StorageError('busy', 'The file was changed while it was renamed, and stands under both names');
  }
}

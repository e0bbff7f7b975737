import { checkService, type S3Ability } from './check.ts';
import { InterruptedUploads } from './interrupted.ts';
import { Keys } from './keys.ts';
import { MultipartBucket } from './multipart-bucket.ts';
import { S3Tree } from './s3-tree.ts';
import { connect, type S3Connection } from './sdk.ts';
import type { S3StorageOptions } from './settings.ts';
import type { SharedUploads } from './shared.ts';
import { KeyTurns } from './turns.ts';
import { isOld, UnderWay } from './under-way.ts';

/** What a sweep has removed. */
export interface S3SweepResult {
  /** Interrupted uploads that nobody went on with. */
  readonly partials: number;
  /** Parts of processes that ended without a word. */
  readonly abandoned: number;
}

/**
 * A bucket of an S3 service, or what is below a prefix of it, as a storage. Several processes and machines may share it.
 * Needs the package `@aws-sdk/client-s3`.
 * @throws StorageError where that is missing, RangeError for settings that S3 does not allow
 */
export async function s3Storage(options: S3StorageOptions): Promise<S3Storage> {
  return new S3Storage(await connect(options));
}

/** Holds connections open until it is disposed. */
export class S3Storage extends S3Tree implements AsyncDisposable {
  readonly #connection: S3Connection;

  constructor(connection: S3Connection) {
    const bucket = new MultipartBucket(connection);
    const keys = new Keys(connection.settings.prefix);
    super(bucket, keys, sharedOf(bucket, keys));
    this.#connection = connection;
  }

  /**
   * Removes interrupted uploads that nobody has gone on with for so long, in milliseconds, and the parts of processes that
   * have ended so long ago. What another process says is under way stays, as do the uploads of other programs.
   */
  async sweep(partialKeepMs: number, signal?: AbortSignal): Promise<S3SweepResult> {
    const { interrupted, underWay } = this.shared;
    let partials = 0;
    let abandoned = 0;
    for await (const left of interrupted.below(this.keys.base, signal)) {
      if (!isOld(left.modified, partialKeepMs)) continue;
      await interrupted.drop(left);
      partials += 1;
    }
    for await (const upload of underWay.left(partialKeepMs)) {
      signal?.throwIfAborted();
      await interrupted.abort(upload);
      abandoned += 1;
    }
    return { partials, abandoned };
  }

  /** Tries all that is needed of the service, in a folder of its own, which it removes. */
  check(): AsyncIterable<S3Ability> {
    return checkService(this.bucket, this.bucket.settings.prefix);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.shared.underWay.stop();
    await this.#connection[Symbol.asyncDispose]();
  }
}

function sharedOf(bucket: MultipartBucket, keys: Keys): SharedUploads {
  const underWay = new UnderWay(bucket, keys);
  const interrupted = new InterruptedUploads(bucket, keys, underWay);
  return { turns: new KeyTurns(), underWay, interrupted, targets: new Map() };
}

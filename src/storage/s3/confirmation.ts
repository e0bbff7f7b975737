import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from '../../core/index.ts';
import type { ObjectInfo } from './bucket.ts';
import { UPLOAD } from './entries.ts';
import { reasonOf, storageError } from './failures.ts';
import type { MultipartBucket } from './multipart-bucket.ts';

const FIRST_PAUSE_MS = 100;

interface Publishing {
  readonly key: string;
  /** Stands in the metadata of what is published, and of nothing else. */
  readonly id: string;
  readonly size: number;
  /** Publishes. Whether its answer says that it is done; to be sure of it, the object is looked at. */
  readonly publish: () => Promise<void>;
  /** Whether it can be tried again. */
  readonly isOpen: () => Promise<boolean>;
}

/**
 * Publishes, and gives what then stands under the name. An answer that got lost is no answer: the object under the name
 * tells whether it is the one, and only where it is another one is the request repeated.
 * @throws StorageError where it is not published, or that can't be known
 */
export async function published(bucket: MultipartBucket, publishing: Publishing): Promise<ObjectInfo> {
  const { key, id, size, publish, isOpen } = publishing;
  for (let tries = 1; ; tries += 1) {
    const failure = await publish().then(() => undefined, storageError);
    const now = await bucket.head(key);
    if (now?.metadata[UPLOAD] === id) {
      if (now.size === size) return now;
      throw new StorageError('io', 'The storage service has stored another number of bytes than it was sent');
    }
    const isKnown = failure !== undefined && reasonOf(failure) !== 'unknown';
    if (isKnown || tries >= bucket.settings.maxAttempts) throw failure ?? unconfirmed();
    // Confirmed, and replaced or removed by others in this moment.
    if (!(await isOpen())) {
      if (failure === undefined) return { key, size, etag: '', modified: new Date(), metadata: {} };
      throw failure;
    }
    await delay(Math.random() * FIRST_PAUSE_MS * 2 ** tries);
  }
}

function unconfirmed(): StorageError {
  return new StorageError('io', 'The storage service did not confirm the file');
}

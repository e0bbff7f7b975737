import { changedMeanwhile, StorageError } from '../../core/index.ts';
import type { ObjectInfo } from './bucket.ts';
import type { Copies } from './copies.ts';
import type { MultipartBucket } from './multipart-bucket.ts';
import type { SharedUploads } from './shared.ts';

const COPIES_AT_ONCE = 8;

interface Parts {
  readonly bucket: MultipartBucket;
  readonly shared: SharedUploads;
  readonly copies: Copies;
}

/**
 * Gives all objects of a directory other keys: each is copied, the copies are there before the first source goes, and each
 * source goes only while it is what was copied. What failed in the middle leaves files under both names, and none under none.
 * @throws StorageError `unsupported` for more objects than the setting allows
 */
export async function moveDirectory(parts: Parts, from: string, to: string): Promise<void> {
  const { bucket, shared, copies } = parts;
  const { maxRenamedObjects } = bucket.settings;
  if (maxRenamedObjects === 0) throw new StorageError('unsupported', 'Directories are not renamed here');
  if ([...shared.targets.values()].some((target) => target.startsWith(from))) {
    throw new StorageError('busy', 'An upload into this directory is under way');
  }
  const sources = await objectsBelow(bucket, from, maxRenamedObjects);
  const target = (key: string): string => to + key.slice(from.length);
  const copied: string[] = [];
  try {
    await each(sources, async (source) => {
      const now = await bucket.head(source.key);
      if (now?.etag !== source.etag) throw changedMeanwhile();
      await copies.copy(now, target(source.key), now.metadata, { ifNoneMatch: '*' });
      copied.push(target(source.key));
    });
    if (!isSame(sources, await objectsBelow(bucket, from, maxRenamedObjects))) throw changedMeanwhile();
  } catch (error) {
    await each(copied, (key) => bucket.remove(key)).catch(() => {});
    throw error;
  }
  await each(sources, ({ key, etag }) => bucket.remove(key, { ifMatch: etag }));
}

async function objectsBelow(bucket: MultipartBucket, prefix: string, max: number): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  for await (const { objects } of bucket.pages({ prefix })) {
    found.push(...objects);
    if (found.length > max)
      throw new StorageError('unsupported', `A directory of more than ${max} files is not renamed here`);
  }
  return found;
}

function isSame(one: readonly ObjectInfo[], other: readonly ObjectInfo[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ key, etag }, index) => key === other[index]?.key && etag === other[index]?.etag)
  );
}

async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const item of left) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: COPIES_AT_ONCE }, lane));
  if (failures.length > 0) throw failures[0];
}

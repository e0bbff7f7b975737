import { changedMeanwhile, StorageError } from '../../core/index.ts';
import type { ObjectInfo } from './bucket.ts';

/** What a file is made of beside what came. */
export interface Around {
  /** What comes before: the beginning of a published file. */
  readonly before: ObjectRange | undefined;
  /** What comes behind: the end of one. */
  readonly behind: ObjectRange | undefined;
}

export interface ObjectRange {
  readonly of: ObjectInfo;
  readonly start: number;
  readonly end: number;
}

/** How an upload goes on from what was there when it began. */
export interface Plan {
  /** The published file that it goes on from. */
  readonly base: ObjectInfo | undefined;
  readonly position: number;
  /** It goes behind what the file is at the commit: of two at the same time none is lost. */
  readonly isAppended: boolean;
  /** What the size of the file must be at the commit, where the caller named a position. */
  readonly expected: number | undefined;
}

/** What `size` bytes that came go between. @throws StorageError `busy` where the published file is not the one any more */
export function around(plan: Plan, published: ObjectInfo | undefined, size: number): Around {
  const { base, position, isAppended, expected } = plan;
  if (isAppended) {
    if (expected !== undefined && expected !== (published?.size ?? 0)) throw changedMeanwhile();
    return { before: rangeOf(published, 0, published?.size ?? 0), behind: undefined };
  }
  if (base === undefined) return { before: undefined, behind: undefined };
  if (base.etag !== published?.etag) throw changedMeanwhile();
  return { before: rangeOf(base, 0, position), behind: rangeOf(base, position + size, base.size) };
}

export function sizeOf(range: ObjectRange | undefined): number {
  return range === undefined ? 0 : range.end - range.start;
}

function rangeOf(of: ObjectInfo | undefined, start: number, end: number): ObjectRange | undefined {
  return of !== undefined && start < end ? { of, start, end } : undefined;
}

/** @throws StorageError where a file may not take the place of what is there */
export function checkReplaceable(
  isDirectory: boolean,
  published: ObjectInfo | undefined,
  { exclusive = false, existing = false }: { readonly exclusive?: boolean; readonly existing?: boolean },
): void {
  if (isDirectory) throw new StorageError('is-directory', 'This is a directory');
  if (published && exclusive) throw new StorageError('exists', 'The file exists');
  if (!published && existing) throw new StorageError('not-found', 'No such file or directory');
}

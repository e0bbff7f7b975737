import { changedMeanwhile, type Entry, type ReadableFile } from '../../core/index.ts';
import { readLength } from '../ranges.ts';
import type { Bucket, ObjectInfo } from './bucket.ts';
import { reasonOf } from './failures.ts';

const BLOCK_BYTES = 1024 ** 2;
/** Of one open file: reads that follow one another, and a few at once. */
const MAX_BLOCKS = 4;

/** An object that is read at any position, a block of 1 MiB at a time; the last four stay in memory. */
export function openObject(bucket: Bucket, info: ObjectInfo, entry: Entry, signal?: AbortSignal): ReadableFile {
  const blocks = new Map<number, Promise<Buffer>>();
  const block = (number: number): Promise<Buffer> => {
    const start = number * BLOCK_BYTES;
    const end = Math.min(info.size, start + BLOCK_BYTES);
    const found = blocks.get(number) ?? fetched(bucket, info, { start, end, signal });
    blocks.delete(number);
    blocks.set(number, found);
    for (const oldest of blocks.keys()) {
      if (blocks.size <= MAX_BLOCKS) break;
      blocks.delete(oldest);
    }
    found.catch(() => blocks.delete(number));
    return found;
  };
  return {
    stat: async () => entry,
    async read(into, position) {
      const length = readLength(info.size, position, into.length);
      for (let read = 0; read < length; ) {
        const at = position + read;
        const bytes = await block(Math.floor(at / BLOCK_BYTES));
        const part = bytes.subarray(at % BLOCK_BYTES, (at % BLOCK_BYTES) + length - read);
        into.set(part, read);
        read += part.length;
      }
      return length;
    },
    async close() {
      blocks.clear();
    },
  };
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws StorageError `busy` where the object is another one by now */
export async function fetched(bucket: Bucket, info: ObjectInfo, range: Range): Promise<Buffer> {
  try {
    const bytes = await bucket.bytes(info.key, { ...range, ifMatch: info.etag });
    if (bytes.length !== range.end - range.start) throw changedMeanwhile();
    return bytes;
  } catch (error) {
    const reason = reasonOf(error);
    throw reason === 'precondition' || reason === 'missing' || reason === 'range' ? changedMeanwhile() : error;
  }
}

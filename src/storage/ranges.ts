import { type ByteRange, checkPosition, StorageError, type WriteOptions } from '../core/index.ts';

/** The part of a file of `size` bytes that is to be read. @throws `bad-offset` when it begins behind the end. */
export function readRange(size: number, { start = 0, end = size }: ByteRange): Required<ByteRange> {
  if (!isOffset(start, size)) throw badOffset();
  return { start, end: Math.max(start, Math.min(end, size)) };
}

/** How many bytes a read of `length` bytes gets of a file of `size` bytes. @throws `bad-offset` for what is no position */
export function readLength(size: number, position: number, length: number): number {
  checkPosition(position);
  return Math.max(0, Math.min(length, size - position));
}

/** Where an upload onto `size` bytes begins. @throws `bad-offset` when that lies behind them. */
export function writePosition(at: NonNullable<WriteOptions['at']>, size: number): number {
  if (at === 'end') return size;
  if (!isOffset(at, size)) throw badOffset();
  return at;
}

function isOffset(offset: number, size: number): boolean {
  return Number.isSafeInteger(offset) && offset >= 0 && offset <= size;
}

function badOffset(): StorageError {
  return new StorageError('bad-offset', 'The restart position lies behind the end of the file');
}

import type { Readable, Writable } from 'node:stream';
import type { Entry } from './storage.ts';

/**
 * A source that keeps its memory: it lends each portion and takes it back, so that a long transfer needs no new memory.
 * It is read by portions or as a stream, not both ways.
 */
export interface LendingSource extends Readable {
  /** How many bytes it gives from its beginning to its end, where it knows. */
  readonly totalBytes?: number;
  /** The file that it reads, as it was when it was opened. */
  readonly entry?: Entry;
  /** The next bytes, which stay as they are until they are given back; undefined at the end. Several may be out at once. */
  borrow(): Promise<Uint8Array | undefined>;
  /** Takes back a lent portion that nobody uses any more. */
  giveBack(bytes: Uint8Array): void;
}

/** A sink that lends the memory that it writes from, so that bytes can be received where they are needed. */
export interface LendingSink extends Writable {
  /** The memory for the next bytes; at least one byte. */
  room(): Uint8Array;
  /** Reports how many bytes were put into it. False: wait for `drain` before the next ones. */
  filled(bytes: number): boolean;
}

/** The file that a source of `read` reads, as it was when it was opened, where the storage tells. */
export function entryOfSource(source: Readable & { readonly entry?: Entry }): Entry | undefined {
  return source.entry;
}

export function isLendingSource(source: object): source is LendingSource {
  return 'borrow' in source;
}

export function isLendingSink(sink: object): sink is LendingSink {
  return 'room' in sink;
}

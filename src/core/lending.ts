import type { Readable, Writable } from 'node:stream';

/**
 * A source that keeps its memory: it lends each portion and takes it back, so that a long transfer needs no new memory.
 * It is read by portions or as a stream, not both ways.
 */
export interface LendingSource extends Readable {
  /** The next bytes, which stay as they are until they are given back; undefined at the end. Several may be out at once. */
  borrow(): Promise<Uint8Array | undefined>;
  /** Takes back what it lent, once nobody looks at it any more. */
  giveBack(bytes: Uint8Array): void;
}

/** A sink that lends the memory that it writes from, so that bytes can be received where they are needed. */
export interface LendingSink extends Writable {
  /** Where the next bytes may go: one byte at the least. */
  room(): Uint8Array;
  /** So many bytes of the room have come. False where the sink would rather wait for its `drain`. */
  filled(bytes: number): boolean;
}

export function isLendingSource(source: object): source is LendingSource {
  return 'borrow' in source;
}

export function isLendingSink(sink: object): sink is LendingSink {
  return 'room' in sink;
}

import { StorageError } from '../../core/index.ts';

/** The bytes that a memory storage may hold, shared by its files, interrupted uploads and uploads under way. */
export class Room {
  readonly total: number;
  #used = 0;

  constructor(total: number) {
    this.total = total;
  }

  get free(): number {
    return this.total - this.#used;
  }

  /** @throws StorageError `no-space` */
  take(bytes: number): void {
    this.check(bytes);
    this.#used += bytes;
  }

  check(bytes: number): void {
    if (bytes > this.free) throw new StorageError('no-space', 'The storage is full');
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

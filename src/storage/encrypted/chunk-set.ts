import type { FileKeys } from './file-keys.ts';
import { SET_BYTES } from './layout.ts';

/**
 * Which chunks a file is made of, as 16 bytes that stand sealed in its last chunk: the marks of all others, one XORed to the
 * other. Of two versions of a file all chunks are genuine; a mixture of them has another set than either.
 */
export class ChunkSet {
  readonly #keys: FileKeys;
  readonly #value: Buffer;

  constructor(keys: FileKeys, value: Uint8Array = Buffer.alloc(SET_BYTES)) {
    this.#keys = keys;
    this.#value = Buffer.from(value);
  }

  get value(): Buffer {
    return Buffer.from(this.#value);
  }

  /** Puts a chunk in, or takes it out again. */
  toggle(index: number, nonce: Uint8Array): void {
    const mark = this.#keys.mark(index, nonce);
    for (let at = 0; at < SET_BYTES; at += 1) this.#value[at] = (this.#value[at] ?? 0) ^ (mark[at] ?? 0);
  }

  equals(value: Uint8Array): boolean {
    return this.#value.equals(value);
  }
}

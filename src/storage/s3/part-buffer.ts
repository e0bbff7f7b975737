const FIRST_BYTES = 64 * 1024;

/** The bytes of one part as they come. It grows as they do, so that a small file takes little memory. */
export class PartBuffer {
  #bytes = Buffer.alloc(0);
  #size = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.#size === this.#max;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes what has room, and gives what has none. */
  take(chunk: Buffer): Buffer {
    const taken = chunk.subarray(0, this.#max - this.#size);
    const size = this.#size + taken.length;
    if (size > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#max, Math.max(FIRST_BYTES, size, this.#bytes.length * 2)));
      this.#bytes.copy(grown, 0, 0, this.#size);
      this.#bytes = grown;
    }
    taken.copy(this.#bytes, this.#size);
    this.#size = size;
    return chunk.subarray(taken.length);
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }
}

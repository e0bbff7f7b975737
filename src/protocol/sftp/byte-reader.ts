import { Buffer } from 'node:buffer';

/** A packet that ends in the middle of a field, or has no field where one must be. */
export class MalformedPacket extends Error {
  override readonly name = 'MalformedPacket';
}

/** Reads the fields of a packet, one behind the other (RFC 4251 section 5). @throws MalformedPacket where there are too few bytes */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** One that no number holds exactly stays as large as it is: no file has such a position. */
  uint64(): number {
    return Number(this.#bytes.readBigUInt64BE(this.#take(8)));
  }

  /** A view of the packet, not a copy. */
  string(): Buffer {
    const length = this.uint32();
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** All that is left. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#take(this.#bytes.length - this.#at));
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  #take(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new MalformedPacket('A packet ended within a field');
    this.#at = start + length;
    return start;
  }
}

import { Buffer } from 'node:buffer';
import { encodeText } from '../../core/index.ts';

/** Writes the fields of a packet, one behind the other (RFC 4251 section 5). */
export class ByteWriter {
  readonly #parts: Buffer[] = [];

  uint8(value: number): this {
    return this.#add(Buffer.of(value));
  }

  uint32(value: number): this {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(value);
    return this.#add(bytes);
  }

  uint64(value: number): this {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigUInt64BE(BigInt(value));
    return this.#add(bytes);
  }

  string(bytes: Uint8Array): this {
    return this.uint32(bytes.length).raw(bytes);
  }

  text(text: string): this {
    return this.string(encodeText(text));
  }

  raw(bytes: Uint8Array): this {
    return this.#add(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** All fields. */
  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** All fields as a packet: with their length before them (draft-ietf-secsh-filexfer-02 section 3). */
  packet(): Buffer {
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    const head = Buffer.allocUnsafe(4);
    head.writeUInt32BE(length);
    return Buffer.concat([head, ...this.#parts]);
  }

  #add(part: Buffer): this {
    this.#parts.push(part);
    return this;
  }
}

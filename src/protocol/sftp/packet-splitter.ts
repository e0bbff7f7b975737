import { Buffer } from 'node:buffer';
import { MalformedPacket } from './byte-reader.ts';

const LENGTH_BYTES = 4;

/**
 * Cuts a stream of bytes into packets (draft-ietf-secsh-filexfer-02 section 3). It holds one packet that is not whole at
 * the most, and takes memory for it once its length is known to be allowed.
 */
export class PacketSplitter {
  readonly #maxBytes: number;
  readonly #head = Buffer.alloc(LENGTH_BYTES);
  #headBytes = 0;
  #packet: Buffer | undefined;
  #packetBytes = 0;

  /** @param maxBytes the longest packet that is accepted, without its length */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the bytes up to now end with a whole packet. */
  get isBetweenPackets(): boolean {
    return this.#headBytes === 0;
  }

  /** The packets that these bytes complete, without their lengths. @throws MalformedPacket for an empty or too long one */
  *push(chunk: Uint8Array): Generator<Buffer> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#packet === undefined) {
        at += this.#readHead(chunk, at);
        continue;
      }
      const part = chunk.subarray(at, at + this.#packet.length - this.#packetBytes);
      this.#packet.set(part, this.#packetBytes);
      this.#packetBytes += part.length;
      at += part.length;
      if (this.#packetBytes < this.#packet.length) return;
      const whole = this.#packet;
      this.#packet = undefined;
      this.#headBytes = 0;
      yield whole;
    }
  }

  #readHead(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + LENGTH_BYTES - this.#headBytes);
    this.#head.set(part, this.#headBytes);
    this.#headBytes += part.length;
    if (this.#headBytes === LENGTH_BYTES) this.#begin(this.#head.readUInt32BE());
    return part.length;
  }

  #begin(length: number): void {
    if (length === 0) throw new MalformedPacket('A packet was empty');
    if (length > this.#maxBytes) throw new MalformedPacket(`A packet of ${length} bytes is too long`);
    this.#packet = Buffer.allocUnsafe(length);
    this.#packetBytes = 0;
  }
}

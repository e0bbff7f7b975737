const HEADER_BYTES = 5;

/** Follows where TLS records begin and end (RFC 8446 section 5.1: type, version, two bytes of length). */
export class RecordFrames {
  /** Of the record that has begun, once its header is whole. */
  #bodyLeft = 0;
  #headerBytes = 0;
  #length = 0;

  /** Whether the bytes so far end within a record, and not behind one. */
  get isWithin(): boolean {
    return this.#bodyLeft > 0 || this.#headerBytes > 0;
  }

  pass(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#bodyLeft > 0) {
        const taken = Math.min(this.#bodyLeft, chunk.length - at);
        this.#bodyLeft -= taken;
        at += taken;
        continue;
      }
      this.#length = (this.#length << 8) | (chunk[at] ?? 0);
      at += 1;
      this.#headerBytes += 1;
      if (this.#headerBytes < HEADER_BYTES) continue;
      this.#bodyLeft = this.#length & 0xffff;
      this.#headerBytes = 0;
    }
  }
}

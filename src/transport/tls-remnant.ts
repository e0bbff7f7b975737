const headerBytes = 5;
/** Record types: change_cipher_spec, alert, handshake, application_data (RFC 8446 section 5.1). */
const firstType = 20;
const lastType = 23;

/**
 * What a peer still sends in TLS after we have ended it, in front of what it sends in the clear: whole records, passed
 * over unread. No command line begins with a byte that begins a record.
 */
export class TlsRemnant {
  #header = Buffer.alloc(0);
  #bodyBytes = 0;
  #isOver = false;

  /** What of the chunk is in the clear. */
  strip(chunk: Buffer): Buffer {
    let rest = chunk;
    while (!this.#isOver && rest.length > 0) rest = this.#strip(rest);
    return rest;
  }

  #strip(rest: Buffer): Buffer {
    if (this.#bodyBytes > 0) {
      const skipped = Math.min(this.#bodyBytes, rest.length);
      this.#bodyBytes -= skipped;
      return rest.subarray(skipped);
    }
    const type = this.#header[0] ?? rest[0] ?? 0;
    if (type < firstType || type > lastType) {
      this.#isOver = true;
      return rest;
    }
    const missing = headerBytes - this.#header.length;
    this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
    if (this.#header.length === headerBytes) {
      this.#bodyBytes = this.#header.readUInt16BE(3);
      this.#header = Buffer.alloc(0);
    }
    return rest.subarray(missing);
  }
}

const headerBytes = 5;
/** RFC 8446 section 5.1. In TLS 1.3 the client's Finished comes in such a record, in TLS 1.2 nothing of a handshake does. */
const applicationData = 23;

/** Lets the records of a client's handshake pass that come in the clear, and keeps back what follows them. */
export class HandshakeGate {
  /** What was kept back. One read of the socket at the most, which is paused then. */
  held: Buffer = Buffer.alloc(0);
  /** Something is kept back, or would be. */
  isShut = false;
  #header: Buffer = Buffer.alloc(0);
  #bodyBytes = 0;

  /** What of the chunk may pass. */
  pass(chunk: Buffer): Buffer {
    let at = 0;
    while (!this.isShut && at < chunk.length) at += this.#take(chunk.subarray(at));
    this.held = Buffer.concat([this.held, chunk.subarray(at)]);
    return chunk.subarray(0, at);
  }

  /** How many bytes of the rest may pass. */
  #take(rest: Buffer): number {
    if (this.#bodyBytes > 0) {
      const taken = Math.min(this.#bodyBytes, rest.length);
      this.#bodyBytes -= taken;
      return taken;
    }
    if (this.#header.length === 0 && rest[0] === applicationData) {
      this.isShut = true;
      return 0;
    }
    const part = rest.subarray(0, headerBytes - this.#header.length);
    this.#header = Buffer.concat([this.#header, part]);
    if (this.#header.length === headerBytes) {
      this.#bodyBytes = this.#header.readUInt16BE(3);
      this.#header = Buffer.alloc(0);
    }
    return part.length;
  }
}

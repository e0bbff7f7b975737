import { Buffer } from 'node:buffer';
import type { Line } from '../line-splitter.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a listing into lines, each up to LF or CRLF. It is not a LineSplitter because data connections carry no Telnet:
 * a byte 255 is a byte. Work is linear, and memory bounded by the longest line that is allowed.
 */
export class LineCutter {
  readonly #maxLineBytes: number;
  /** The beginning of a line whose end did not come, unless it is being skipped. */
  #pieces: Buffer[] = [];
  #bytes = 0;
  #skipping = false;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that end in this chunk, and a mark for each that proves too long in it. */
  push(chunk: Uint8Array): Line[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
      const line = this.#finish(bytes.subarray(start, end));
      if (line !== undefined) lines.push(line);
      start = end + 1;
    }
    if (this.#keep(bytes.subarray(start))) lines.push('too-long');
    return lines;
  }

  /** The line that no LF ended, undefined where there is none. */
  end(): Line | undefined {
    return this.#bytes === 0 ? undefined : this.#finish(Buffer.alloc(0));
  }

  #finish(piece: Buffer): Line | undefined {
    const wasSkipping = this.#skipping;
    const line = this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece]);
    this.#pieces = [];
    this.#bytes = 0;
    this.#skipping = false;
    if (wasSkipping) return undefined;
    const text = line.at(-1) === CR ? line.subarray(0, -1) : line;
    return text.length > this.#maxLineBytes ? 'too-long' : text;
  }

  /** Keeps the beginning of a line; says whether it just proved too long. */
  #keep(piece: Buffer): boolean {
    if (this.#skipping || piece.length === 0) return false;
    this.#bytes += piece.length;
    // One more than allowed may be the CR of its end.
    this.#skipping = this.#bytes > this.#maxLineBytes + 1;
    // A copy, since the chunk's memory may be used again.
    if (this.#skipping) this.#pieces = [];
    else this.#pieces.push(Buffer.from(piece));
    return this.#skipping;
  }
}

import { Buffer } from 'node:buffer';
import type { Line } from '../line-splitter.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a listing into lines that end in LF or CRLF. `LineSplitter` can't be used, because it interprets Telnet commands:
 * data connections carry none, and a byte 255 is an ordinary byte there. The time is linear, and the memory is bounded by
 * the longest allowed line.
 */
export class LineCutter {
  readonly #maxLineBytes: number;
  /** The beginning of a line whose end has not arrived. Empty while an oversized line is being skipped. */
  #pieces: Buffer[] = [];
  #bytes = 0;
  #skipping = false;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Returns the lines that end in this chunk, and `'too-long'` for each line that exceeds the limit in it. */
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

  /** Returns the last line if no LF ended it, otherwise undefined. */
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

  /** Keeps the beginning of a line. Returns true if this piece makes the line too long. */
  #keep(piece: Buffer): boolean {
    if (this.#skipping || piece.length === 0) return false;
    this.#bytes += piece.length;
    // The byte beyond the limit may be the CR of the line end.
    this.#skipping = this.#bytes > this.#maxLineBytes + 1;
    // The caller may reuse the memory of the chunk, so the piece must be a copy.
    if (this.#skipping) this.#pieces = [];
    else this.#pieces.push(Buffer.from(piece));
    return this.#skipping;
  }
}

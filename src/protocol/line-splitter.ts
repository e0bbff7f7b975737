import { Buffer } from 'node:buffer';
import { TelnetFilter } from './telnet-filter.ts';

const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);

/** A line without its line end, or the mark for a line that was longer than allowed. */
export type Line = Buffer | 'too-long';

/**
 * Splits the bytes of a control connection into lines (RFC 959 section 5.3.1: a line ends in CRLF; a bare LF is accepted
 * too). Bytes are pushed in, and lines are taken out one by one. So the reader can stop, and `discard` removes all lines that
 * it has not taken. The work is linear in the input, and the memory is limited to the longest line plus the last chunk.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #telnet = new TelnetFilter();
  /** The received bytes. Those from `#position` on are not examined yet. */
  #chunk: Buffer = NOTHING;
  #position = 0;
  /** Holds the beginning of an incomplete line in its first `#partialBytes`, unless the line is being skipped. */
  #partial: Buffer = NOTHING;
  #partialBytes = 0;
  #skipping = false;
  /** An incomplete line was taken before its end arrived. */
  #isEndOwed = false;

  /** @param maxLineBytes the limit of a line without its line end and without Telnet commands */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Adds received bytes. Returns bytes that must be sent back at once: refusals of Telnet options, usually none. */
  push(chunk: Buffer): Buffer {
    const { data, answers } = this.#telnet.push(chunk);
    const rest = this.#chunk.subarray(this.#position);
    this.#chunk = rest.length === 0 ? data : Buffer.concat([rest, data]);
    this.#position = 0;
    return answers;
  }

  /**
   * The next line. Undefined until more bytes arrive. A line that is too long gives its mark as soon as that is certain, and
   * the rest of the line is skipped.
   */
  next(): Line | undefined {
    for (;;) {
      const end = this.#chunk.indexOf(LF, this.#position);
      if (end === -1) return this.#keepRest();
      const piece = this.#chunk.subarray(this.#position, end);
      this.#position = end + 1;
      if (!this.#skipping) {
        const line = this.#finish(piece);
        const isOwed = this.#isEndOwed && line.length === 0;
        this.#isEndOwed = false;
        if (isOwed) continue;
        return line;
      }
      this.#skipping = false;
      this.#partialBytes = 0;
    }
  }

  /** The bytes of the incomplete line. */
  get unfinishedBytes(): number {
    return this.#skipping ? 0 : this.#partialBytes;
  }

  /**
   * Takes the incomplete line, if the caller wants it as it is: some peers send no line end. If the line end arrives later,
   * it is ignored.
   */
  takeUnfinished(isWanted: (line: Buffer) => boolean): Buffer | undefined {
    if (this.unfinishedBytes === 0 || !isWanted(this.#partial.subarray(0, this.#partialBytes))) return undefined;
    const line = this.#finish(NOTHING);
    this.#isEndOwed = true;
    return line === 'too-long' ? undefined : line;
  }

  /**
   * Discards all bytes that were pushed and not taken, and returns their number. Bytes that a peer sent before a TLS
   * handshake must never be read as if they had arrived after it (CVE-2011-1575).
   */
  discard(): number {
    const bytes = this.#partialBytes + this.#chunk.length - this.#position + this.#telnet.discard();
    this.#chunk = NOTHING;
    this.#position = 0;
    this.#partial = NOTHING;
    this.#partialBytes = 0;
    this.#skipping = false;
    this.#isEndOwed = false;
    return bytes;
  }

  #finish(piece: Buffer): Line {
    this.#append(piece);
    const line = this.#partial.subarray(0, this.#partialBytes);
    this.#partial = NOTHING;
    this.#partialBytes = 0;
    const text = line.at(-1) === CR ? line.subarray(0, -1) : line;
    return text.length > this.#maxLineBytes ? 'too-long' : withoutCarriedNul(text);
  }

  #keepRest(): 'too-long' | undefined {
    const rest = this.#chunk.subarray(this.#position);
    this.#chunk = NOTHING;
    this.#position = 0;
    if (rest.length === 0) return undefined;
    if (this.#skipping || this.#exceeds(rest)) {
      const isNews = !this.#skipping;
      this.#skipping = true;
      this.#partial = NOTHING;
      this.#partialBytes += rest.length;
      return isNews ? 'too-long' : undefined;
    }
    // A copy: an incomplete line must not keep the memory of all its chunks.
    this.#append(Buffer.from(rest));
    return undefined;
  }

  /** Whether the incomplete line is too long with `rest`. A CR at the very end may still be part of the line end. */
  #exceeds(rest: Buffer): boolean {
    const length = this.#partialBytes + rest.length;
    return length > this.#maxLineBytes + (rest.at(-1) === CR ? 1 : 0);
  }

  /** Doubles the buffer when it is full, so that a line that arrives byte by byte is copied a few times and not for each byte. */
  #append(piece: Buffer): void {
    const length = this.#partialBytes + piece.length;
    if (this.#partialBytes === 0) {
      this.#partial = piece;
    } else {
      if (length > this.#partial.length) {
        const grown = Buffer.allocUnsafe(Math.max(length, this.#partial.length * 2));
        this.#partial.copy(grown, 0, 0, this.#partialBytes);
        this.#partial = grown;
      }
      piece.copy(this.#partial, this.#partialBytes);
    }
    this.#partialBytes = length;
  }
}

/** Telnet carries a CR that ends no line as CR NUL (RFC 2640 section 3.1). Any other NUL stays, to be refused. */
function withoutCarriedNul(line: Buffer): Buffer {
  if (!line.includes('\r\0')) return line;
  return Buffer.from(line.toString('latin1').replaceAll('\r\0', '\r'), 'latin1');
}

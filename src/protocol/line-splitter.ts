import { Buffer } from 'node:buffer';
import { TelnetFilter } from './telnet-filter.ts';

const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);

/** A line without its end, or the mark that stands for one that was longer than allowed. */
export type Line = Buffer | 'too-long';

/**
 * Cuts the bytes of a control connection into lines (RFC 959 section 5.3.1: a line ends in CRLF; a bare LF is taken
 * too). Bytes are pushed in, lines are taken out one by one, so that whoever takes them can stop, and `discard` reaches
 * all that was not taken. Work is linear in what comes, and memory bounded by the longest line plus the last chunk.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #telnet = new TelnetFilter();
  /** What came and was not looked at, from `#position` on. */
  #chunk: Buffer = NOTHING;
  #position = 0;
  /** The beginning of a line whose end did not come: the first `#partialBytes`, unless they are being skipped. */
  #partial: Buffer = NOTHING;
  #partialBytes = 0;
  #skipping = false;
  /** A line was taken before its end came. */
  #isEndOwed = false;

  /** @param maxLineBytes counts what stands before the end of the line; Telnet commands are not counted. */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Adds what came; gives what must be sent back at once (refusals of Telnet options, mostly nothing). */
  push(chunk: Buffer): Buffer {
    const { data, answers } = this.#telnet.push(chunk);
    const rest = this.#chunk.subarray(this.#position);
    this.#chunk = rest.length === 0 ? data : Buffer.concat([rest, data]);
    this.#position = 0;
    return answers;
  }

  /**
   * The next line, undefined when more must come first. One that is too long gives its mark as soon as that is known,
   * and the rest of it is skipped.
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

  /** Bytes of a line whose end did not come. */
  get unfinishedBytes(): number {
    return this.#skipping ? 0 : this.#partialBytes;
  }

  /**
   * A line whose end did not come, from a peer that sends none, if it is wanted as it stands. If its end comes all the
   * same, that ends nothing more.
   */
  takeUnfinished(isWanted: (line: Buffer) => boolean): Buffer | undefined {
    if (this.unfinishedBytes === 0 || !isWanted(this.#partial.subarray(0, this.#partialBytes))) return undefined;
    const line = this.#finish(NOTHING);
    this.#isEndOwed = true;
    return line === 'too-long' ? undefined : line;
  }

  /**
   * Throws away what was pushed and not taken; says how many bytes that were. What a peer sent before a TLS handshake
   * must never be read as if it had come after it (CVE-2011-1575).
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
    // A copy: a line that trickles in must not keep every chunk that it came in alive.
    this.#append(Buffer.from(rest));
    return undefined;
  }

  /** Whether the unfinished line is too long with `rest`; a CR at the very end may yet prove to be the line's end. */
  #exceeds(rest: Buffer): boolean {
    const length = this.#partialBytes + rest.length;
    return length > this.#maxLineBytes + (rest.at(-1) === CR ? 1 : 0);
  }

  /** Room doubles as it is needed, so that a line that comes byte by byte is copied a few times and not once a byte. */
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

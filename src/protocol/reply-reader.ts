import type { Buffer } from 'node:buffer';
import type { Line } from './line-splitter.ts';
import type { Reply } from './reply.ts';

export interface ReplyReaderOptions {
  /** Decodes the text after the code. */
  readonly decode: (bytes: Uint8Array) => string;
  /** The limit for the bytes of all lines of one reply, without their line ends. */
  readonly maxReplyBytes: number;
  readonly maxReplyLines: number;
}

/** `malformed`: the line is no reply. `too-long`: the reply exceeds a limit. Nothing after it can be trusted. */
export type ReplyFailureCode = 'malformed' | 'too-long';

/** The peer does not reply as an FTP server does. The message repeats nothing that the peer sent. */
export class ReplyFailure extends Error {
  override readonly name = 'ReplyFailure';
  readonly code: ReplyFailureCode;

  constructor(code: ReplyFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A reply whose last line has not arrived yet. */
interface Begun {
  /** The three digits. */
  readonly digits: string;
  readonly lines: [string, ...string[]];
  lineCount: number;
  bytes: number;
  /** The code of the previous line, if that line would end a reply with another code. */
  otherEnd: string | undefined;
}

/**
 * Assembles replies from the lines of a control connection (RFC 959 section 4.2). Any lines may be between the first line
 * `123-` and the last one, which is `123 ` or `123` alone. If such a line begins with the same code (`123-text`), the code is
 * removed. Any other line is kept whole, with the leading space that FEAT and MLST use.
 */
export class ReplyReader {
  readonly #options: ReplyReaderOptions;
  #begun: Begun | undefined;

  constructor(options: ReplyReaderOptions) {
    this.#options = options;
  }

  /** Whether a reply has begun and its last line has not arrived yet. */
  get isPartial(): boolean {
    return this.#begun !== undefined;
  }

  /**
   * The reply that this line completes. Undefined if more lines must follow. A line within that was too long is left out.
   * @throws ReplyFailure
   */
  push(line: Line): Reply | undefined {
    return this.#begun === undefined ? this.#begin(line) : this.#continue(this.#begun, line);
  }

  /**
   * The incomplete reply, if its last received line would end a reply with another code. Such a line is usually text. If the
   * server sends nothing more, it was meant as the end. The code of the first line counts, unless the last line has the code
   * of a refusal: if one of the two refuses, the command has not succeeded.
   */
  takeMisended(): Reply | undefined {
    const begun = this.#begun;
    if (begun?.otherEnd === undefined) return undefined;
    this.#begun = undefined;
    const isRefusedAtLast = begun.digits < REFUSALS && begun.otherEnd >= REFUSALS;
    return toReply(isRefusedAtLast ? { ...begun, digits: begun.otherEnd } : begun);
  }

  /** Whether a line ends a reply: the one that has begun, or one of a single line. */
  isEndedBy(line: Buffer): boolean {
    const [, digits, separator] = FIRST_LINE.exec(line.toString('latin1', 0, PREFIX_BYTES)) ?? [];
    return separator === ' ' && (this.#begun === undefined || this.#begun.digits === digits);
  }

  #begin(line: Line): Reply | undefined {
    if (line === 'too-long') throw new ReplyFailure('too-long', 'The first line of a reply is too long');
    const [, digits, separator] = FIRST_LINE.exec(line.toString('latin1', 0, PREFIX_BYTES)) ?? [];
    if (digits === undefined) throw new ReplyFailure('malformed', 'What the server sent is no FTP reply');
    const begun: Begun = { digits, lines: [this.#textOf(line)], lineCount: 0, bytes: 0, otherEnd: undefined };
    this.#count(begun, line);
    if (separator !== '-') return toReply(begun);
    this.#begun = begun;
    return undefined;
  }

  #continue(begun: Begun, line: Line): Reply | undefined {
    this.#count(begun, line);
    if (line === 'too-long') return undefined;
    const prefix = line.toString('latin1', 0, PREFIX_BYTES);
    const hasCode = prefix.startsWith(begun.digits);
    const separator = prefix.charAt(3);
    const [, digits, end] = FIRST_LINE.exec(prefix) ?? [];
    begun.otherEnd = !hasCode && end === ' ' ? digits : undefined;
    begun.lines.push(hasCode && CODE_ENDS.includes(separator) ? this.#textOf(line) : this.#options.decode(line));
    if (!hasCode || !LAST_LINE_ENDS.includes(separator)) return undefined;
    this.#begun = undefined;
    return toReply(begun);
  }

  #textOf(line: Buffer): string {
    return this.#options.decode(line.subarray(PREFIX_BYTES));
  }

  #count(begun: Begun, line: Line): void {
    begun.lineCount += 1;
    // Only the mark of a line that was too long is here. It needs no memory.
    if (line !== 'too-long') begun.bytes += line.length;
    if (begun.lineCount > this.#options.maxReplyLines || begun.bytes > this.#options.maxReplyBytes) {
      throw new ReplyFailure('too-long', 'A reply is longer than allowed');
    }
  }
}

/** Three digits, and the separator before the text. */
const PREFIX_BYTES = 4;
/** Codes from 100 to 659: five classes, and the protected replies of RFC 2228. */
const FIRST_LINE = /^([1-5]\d\d|6[0-5]\d)([ -]?)$/;
/** Codes from here on are refusals. They are compared as text of three digits. */
const REFUSALS = '400';
const LAST_LINE_ENDS: readonly string[] = ['', ' '];
const CODE_ENDS: readonly string[] = [...LAST_LINE_ENDS, '-'];

function toReply({ digits, lines }: Pick<Begun, 'digits' | 'lines'>): Reply {
  return { code: Number(digits), lines };
}

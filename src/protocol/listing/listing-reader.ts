import type { Line } from '../line-splitter.ts';
import { columns } from './dialects/columns.ts';
import type { Dialect, Reading } from './dialects/dialect.ts';
import { dos } from './dialects/dos.ts';
import { eplf } from './dialects/eplf.ts';
import { mvs } from './dialects/mvs.ts';
import { netware } from './dialects/netware.ts';
import { os2 } from './dialects/os2.ts';
import { os400 } from './dialects/os400.ts';
import { unix } from './dialects/unix.ts';
import { vms } from './dialects/vms.ts';
import { LineCutter } from './line-cutter.ts';
import type { ListedEntry } from './listed-entry.ts';
import { readFactsLine } from './read-facts.ts';
import { ServerTime, type ServerTimeOptions } from './server-time.ts';

export interface ListingReaderOptions extends ServerTimeOptions {
  /** `facts`: the answer to MLSD (RFC 3659 section 7). `lines`: the answer to LIST, whose dialect the reader detects. */
  readonly format: 'facts' | 'lines';
  /** Decodes a line. It must not throw. */
  readonly decode: (bytes: Uint8Array) => string;
  /** The reader skips and counts longer lines. */
  readonly maxLineBytes: number;
}

/** The format of MLSD, as the only candidate. */
const facts: Dialect = { name: 'facts', open: () => (line) => readFactsLine(line) ?? 'foreign' };

/**
 * Stricter dialects stand first, because the first dialect that reads a line as an entry is used for the rest of the
 * listing.
 */
const DIALECTS: readonly Dialect[] = [eplf, unix, netware, dos, vms, os400, os2, ...columns, mvs];

/** How much of a skipped line is kept, to be shown to a person. */
const SAMPLE_CHARACTERS = 200;

interface Candidate {
  readonly name: string;
  readonly read: (line: string) => Reading;
}

/**
 * Reads the answer to MLSD or LIST while it arrives. The time is linear, and the memory is bounded by the longest line
 * and the last chunk. Names are safe to append to the path of a directory: the reader skips a name that is empty or
 * contains `/`, NUL, CR or LF, and leaves out `.` and `..`. A backslash is an ordinary character.
 */
export class ListingReader {
  readonly #cutter: LineCutter;
  readonly #decode: (bytes: Uint8Array) => string;
  /** The dialects that are still possible. A single one remains once an entry has decided it. */
  #candidates: readonly Candidate[];
  #skipped = 0;
  #firstSkipped: string | undefined;

  constructor({ format, decode, maxLineBytes, ...timeOptions }: ListingReaderOptions) {
    const time = new ServerTime(timeOptions);
    this.#cutter = new LineCutter(maxLineBytes);
    this.#decode = decode;
    this.#candidates = (format === 'facts' ? [facts] : DIALECTS).map((dialect) => ({
      name: dialect.name,
      read: dialect.open(time),
    }));
  }

  /** The dialect of the listing, or undefined before its first entry. */
  get dialect(): string | undefined {
    return this.#candidates.length === 1 ? this.#candidates[0]?.name : undefined;
  }

  /** How many lines were not understood or had an unusable name. Headings and empty lines do not count. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The beginning of the first skipped line. Undefined if there is none, or if that line was too long to be kept. */
  get firstSkipped(): string | undefined {
    return this.#firstSkipped;
  }

  /** Returns the entries whose lines end in this chunk. */
  push(chunk: Uint8Array): ListedEntry[] {
    return this.#cutter.push(chunk).flatMap((line) => this.#read(line) ?? []);
  }

  /** Returns the entry of a last line without a line end. If the listing is not complete, its name may be cut. */
  end(): ListedEntry[] {
    const line = this.#cutter.end();
    const entry = line === undefined ? undefined : this.#read(line);
    return entry === undefined ? [] : [entry];
  }

  #read(line: Line): ListedEntry | undefined {
    const text = line === 'too-long' ? undefined : this.#decode(line);
    const reading = text === undefined ? 'foreign' : this.#interpret(text);
    if (reading === 'known') return undefined;
    if (reading !== 'foreign' && isSingleName(reading.name)) return reading;
    if (reading === 'foreign' || !isOutside(reading)) this.#skip(text);
    return undefined;
  }

  #skip(text: string | undefined): void {
    if (this.#skipped === 0) this.#firstSkipped = text?.slice(0, SAMPLE_CHARACTERS);
    this.#skipped += 1;
  }

  #interpret(line: string): Reading {
    if (line.trim() === '') return 'known';
    let isKnown = false;
    for (const candidate of this.#candidates) {
      const reading = candidate.read(line);
      if (reading === 'known') isKnown = true;
      if (typeof reading === 'string') continue;
      this.#candidates = [candidate];
      return reading;
    }
    return isKnown ? 'known' : 'foreign';
  }
}

function isSingleName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0\r\n]/.test(name);
}

/** Whether this is the listed directory itself or its parent, whose name may be a whole path in MLSD. */
function isOutside({ name, role }: ListedEntry): boolean {
  return name === '.' || name === '..' || role !== undefined;
}

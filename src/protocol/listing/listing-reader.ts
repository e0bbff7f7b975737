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
  /** `facts` is MLSD's (RFC 3659 section 7); `lines` is LIST's, in whatever dialect comes. */
  readonly format: 'facts' | 'lines';
  /** Makes text of a line; must not throw. */
  readonly decode: (bytes: Uint8Array) => string;
  /** A longer line is skipped. */
  readonly maxLineBytes: number;
}

/** Of MLSD. */
const facts: Dialect = { name: 'facts', open: () => (line) => readFactsLine(line) ?? 'foreign' };

/** The stricter a form the earlier it stands: the first that takes a line for an entry is used for the whole listing. */
const DIALECTS: readonly Dialect[] = [eplf, unix, netware, dos, vms, os400, os2, ...columns, mvs];

/** What is kept of a line to be shown to a person. */
const SAMPLE_CHARACTERS = 200;

interface Candidate {
  readonly name: string;
  readonly read: (line: string) => Reading;
}

/**
 * Reads the answer to MLSD or LIST as it comes, in linear time; memory is bounded by the longest line and the last
 * chunk. What it gives is safe to put behind a directory's path: a name that is empty or holds `/`, NUL, CR or LF is
 * skipped, and `.` and `..` are left out. A backslash is a character like others.
 */
export class ListingReader {
  readonly #cutter: LineCutter;
  readonly #decode: (bytes: Uint8Array) => string;
  /** The dialects that the listing may be in; one once that is decided. */
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

  /** The dialect, undefined until the first entry has shown it. */
  get dialect(): string | undefined {
    return this.#candidates.length === 1 ? this.#candidates[0]?.name : undefined;
  }

  /** How many lines were no entry that could be understood and given out; headings and empty lines are not counted. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The beginning of the first of these lines, undefined for none and for one that was too long to be kept. */
  get firstSkipped(): string | undefined {
    return this.#firstSkipped;
  }

  /** The entries whose lines end in this chunk. */
  push(chunk: Uint8Array): ListedEntry[] {
    return this.#cutter.push(chunk).flatMap((line) => this.#read(line) ?? []);
  }

  /** The entry of a last line that no line end closed. Only for a listing that came whole: the line may be cut. */
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

/** The directory that is listed, or the one above it, which MLSD may show by its path. */
function isOutside({ name, role }: ListedEntry): boolean {
  return name === '.' || name === '..' || role !== undefined;
}

import { Buffer } from 'node:buffer';
import { type Columns, INDEXED, ofEachIndexed } from './segment-index.ts';

/** Another one is not read but made anew. */
const FORMAT = 2;

/** Columns of numbers of four bytes. */
const COLUMNS = ['offset', 'pathEnd', ...INDEXED] as const;

interface Header extends Pick<Columns, 'texts' | 'bytes'> {
  readonly format: number;
  readonly records: number;
  readonly pathBytes: number;
  /** Of the earliest and the latest record, in ms since 1970. */
  readonly from: number;
  readonly to: number;
}

/** The index of a segment as the bytes of a file: a line of JSON, then the columns, each in the byte order of the machine. */
export function formatIndex(columns: Columns): Buffer {
  const { texts, numbers, offset, pathEnd, bytes, at, paths } = columns;
  const { from, to } = timesOf(at);
  const header: Header = {
    format: FORMAT,
    records: at.length,
    pathBytes: paths.length,
    bytes,
    from,
    to,
    texts,
  };
  const line = Buffer.from(JSON.stringify(header));
  // Columns of numbers begin at a multiple of eight.
  const padded = Buffer.concat([line, Buffer.alloc(7 - (line.length % 8), ' '), Buffer.from('\n')]);
  const byName = { ...numbers, offset, pathEnd };
  const written = COLUMNS.map((name) => Buffer.from(Uint32Array.from(byName[name]).buffer));
  return Buffer.concat([padded, Buffer.from(Float64Array.from(at).buffer), ...written, paths]);
}

/** Reads it back; undefined where it is none, or not of a segment of so many bytes. */
export function parseIndex(file: Buffer, segmentBytes: number): Columns | undefined {
  const end = file.indexOf('\n');
  const header = end === -1 ? undefined : headerIn(file.toString('utf8', 0, end));
  if (!header || header.bytes !== segmentBytes) return undefined;
  const { records, pathBytes, texts, bytes } = header;
  const numbers = file.subarray(end + 1);
  if (numbers.length !== records * (8 + 4 * COLUMNS.length) + pathBytes) return undefined;
  const aligned = new Uint8Array(numbers).buffer;
  const column = (name: (typeof COLUMNS)[number]) =>
    new Uint32Array(aligned, records * (8 + 4 * COLUMNS.indexOf(name)), records);
  return {
    texts,
    numbers: ofEachIndexed(column),
    bytes,
    at: new Float64Array(aligned, 0, records),
    offset: column('offset'),
    pathEnd: column('pathEnd'),
    paths: Buffer.from(aligned, records * (8 + 4 * COLUMNS.length)),
  };
}

/** The times that the records of an index span. */
export function timesOf(at: ArrayLike<number>): { readonly from: number; readonly to: number } {
  let [from, to] = [Infinity, -Infinity];
  for (let row = 0; row < at.length; row += 1) {
    const time = at[row] ?? 0;
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return { from, to };
}

function headerIn(line: string): Header | undefined {
  try {
    const header = JSON.parse(line) as Header;
    return header.format === FORMAT ? header : undefined;
  } catch {
    return undefined;
  }
}

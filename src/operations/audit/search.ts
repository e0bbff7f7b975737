import { Buffer } from 'node:buffer';
import { open, readFile } from 'node:fs/promises';
import { AuditError } from './audit-error.ts';
import { fieldsOf, foundLine } from './chain.ts';
import { writeWhole } from './durable-file.ts';
import { type AuditSegment, ifMissing, indexFileOf, segmentsIn } from './files.ts';
import { formatIndex, parseIndex, timesOf } from './index-file.ts';
import { linesOf } from './lines.ts';
import { type PathPattern, pathPattern } from './path-pattern.ts';
import { type Columns, INDEXED, SegmentIndex } from './segment-index.ts';

/** What records are looked for; what is absent is not asked. */
export interface AuditQuery {
  /** The account, or the name that a login was tried with. */
  readonly account?: string;
  /** A path, a directory with all below it, or a pattern with `*`, `**` and `?`. */
  readonly path?: string;
  /** From that time on, in ms since 1970. */
  readonly since?: number;
  /** Up to that time, exclusively. */
  readonly until?: number;
  readonly event?: string;
  readonly address?: string;
  /** `upload`, `download` or `listing`: transfers alone have one. */
  readonly direction?: string;
  readonly outcome?: string;
}

export interface SearchOptions {
  /** The newest records first: they are found without reading older segments. Default: the oldest. */
  readonly isNewestFirst?: boolean;
  /** Ends the search, which then rejects by its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A record as it stands in the journal. */
export interface AuditRecord {
  readonly n: number;
  readonly at: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/**
 * The records that fit, in their order. They are found by the index of each segment. An index that is missing is made and, where
 * this process may write, kept. Nothing is verified. A server may write meanwhile.
 * @throws AuditError where there is no trail, or it can't be read
 */
export async function* searchAudit(
  directory: string,
  query: AuditQuery,
  { isNewestFirst = false, signal }: SearchOptions = {},
): AsyncGenerator<AuditRecord> {
  const pattern = query.path === undefined ? undefined : pathPattern(query.path);
  const segments = await segmentsOf(directory);
  for (const segment of isNewestFirst ? segments.toReversed() : segments) {
    try {
      signal?.throwIfAborted();
      const columns = await columnsOf(segment, segment !== segments.at(-1), signal);
      const rows = rowsThatFit(columns, query, pattern);
      for await (const record of recordsAt(segment, columns, isNewestFirst ? rows.toReversed() : rows)) {
        signal?.throwIfAborted();
        yield record;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // Retention may remove it meanwhile.
      if (!isGone(error)) throw AuditError.from(error);
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function segmentsOf(directory: string): Promise<readonly AuditSegment[]> {
  const segments = await segmentsIn(directory).catch((error) => {
    throw isGone(error) ? AuditError.none(directory) : AuditError.from(error);
  });
  if (segments.length === 0) throw AuditError.none(directory);
  return segments;
}

/** The index of a segment; made from its lines where there is none that fits. @param isClosed whether it is worth keeping */
async function columnsOf(segment: AuditSegment, isClosed: boolean, signal: AbortSignal | undefined): Promise<Columns> {
  const file = indexFileOf(segment);
  await using handle = await open(segment.file, 'r');
  const { size } = await handle.stat();
  const kept = await readFile(file).catch(ifMissing(undefined));
  const found = kept && parseIndex(kept, size);
  if (found) return found;
  const index = new SegmentIndex();
  for await (const lines of linesOf(segment.file, { end: size, signal })) {
    for (const { bytes, isWhole } of lines) {
      const line = isWhole ? foundLine(bytes) : undefined;
      const fields = line && { event: line.event, ...fieldsOf(line) };
      index.add(fields ?? { event: '' }, line ? Date.parse(line.at) : 0, bytes.length + (isWhole ? 1 : 0));
    }
  }
  const { columns } = index;
  if (isClosed) await writeWhole(file, formatIndex(columns)).catch(() => undefined);
  return columns;
}

function rowsThatFit(columns: Columns, query: AuditQuery, pattern: PathPattern | undefined): number[] {
  const { at, numbers, texts, pathEnd, paths } = columns;
  const { since = -Infinity, until = Infinity } = query;
  const { from, to } = timesOf(at);
  const wanted = INDEXED.flatMap((name) => {
    const text = query[name];
    return text === undefined ? [] : [{ column: numbers[name], number: texts[name].indexOf(text) }];
  });
  if (to < since || from >= until || wanted.some(({ number }) => number === -1)) return [];
  const rows: number[] = [];
  for (let row = 0; row < at.length; row += 1) {
    const time = at[row] ?? 0;
    if (time < since || time >= until) continue;
    if (!wanted.every(({ column, number }) => column[row] === number)) continue;
    if (pattern && !pattern.fits(paths, row === 0 ? 0 : (pathEnd[row - 1] ?? 0), pathEnd[row] ?? 0)) continue;
    rows.push(row);
  }
  return rows;
}

/** Read at once: what lies between two records that fit is skipped where it is longer. */
const READ_BYTES = 262_144;

/** @param rows of the records, in the order in which they are given */
async function* recordsAt(
  { file }: AuditSegment,
  { offset, bytes }: Columns,
  rows: readonly number[],
): AsyncGenerator<AuditRecord> {
  if (rows.length === 0) return;
  await using handle = await open(file, 'r');
  let chunk: Buffer = Buffer.alloc(0);
  let chunkAt = 0;
  const isBackwards = (rows[0] ?? 0) > (rows.at(-1) ?? 0);
  for (const row of rows) {
    const [start, end] = [offset[row] ?? 0, offset[row + 1] ?? bytes];
    if (start < chunkAt || end > chunkAt + chunk.length) {
      const length = Math.max(end - start, READ_BYTES);
      chunkAt = isBackwards ? Math.max(0, end - length) : start;
      chunk = Buffer.alloc(isBackwards ? end - chunkAt : Math.min(length, bytes - start));
      await handle.read(chunk, 0, chunk.length, chunkAt);
    }
    const line = foundLine(chunk.subarray(start - chunkAt, end - chunkAt - 1));
    if (line) yield { ...fieldsOf(line), n: line.n, at: line.at, event: line.event };
  }
}

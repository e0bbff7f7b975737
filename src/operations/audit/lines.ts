import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';

/** What is read at once. */
const CHUNK_BYTES = 1_048_576;
/** Longer than any record. */
const MAX_LINE_BYTES = 131_072;

/** A line of a segment without its line feed. */
export interface RawLine {
  readonly bytes: Buffer;
  /** Whether a line feed stands behind it. */
  readonly isWhole: boolean;
}

/** The lines of a file, or of a range of its bytes, in groups. Rejects once the signal aborts. A line that is longer than any record comes cut, as one that is not whole. */
export async function* linesOf(
  file: string,
  {
    start = 0,
    end = Infinity,
    signal,
  }: { readonly start?: number; readonly end?: number; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<readonly RawLine[]> {
  if (end <= start) return;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES, start, end: end - 1, signal })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    const lines: RawLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      lines.push({ bytes: bytes.subarray(from, end), isWhole: true });
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > MAX_LINE_BYTES) {
      yield [...lines, { bytes: rest, isWhole: false }];
      return;
    }
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [{ bytes: rest, isWhole: false }];
}

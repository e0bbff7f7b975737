import type { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { BEGINNING, type FoundLine, fieldsOf, foundLine } from './chain.ts';
import { appendDurably, syncDirectory } from './durable-file.ts';
import { type AuditSegment, segmentsIn } from './files.ts';

/** What stood behind the last whole record, as a crash or a full disk leaves it. */
interface SetAside {
  readonly bytes: number;
  readonly sha256: string;
  /** Where they are kept. */
  readonly file: string;
}

/** How far a journal goes. */
export interface JournalEnd {
  /** Of its last record; 0 for a journal without one. */
  readonly number: number;
  readonly chain: string;
  /** That its last segment names. */
  readonly journal?: string;
  readonly setAside?: SetAside;
}

/**
 * Finds the end of a journal that nobody writes to. Bytes that are no whole record at the end are moved into a file of
 * their own, so that nothing is lost and the next record stands on a line of its own.
 */
export async function endOfJournal(directory: string): Promise<JournalEnd> {
  const segments = await segmentsIn(directory);
  let setAside: SetAside | undefined;
  for (const segment of segments.toReversed()) {
    const found = await endOf(segment);
    setAside = found.setAside ?? setAside;
    if (!found.last) {
      // Its name is needed for the segment that begins with the next record. Nothing is in it.
      await unlink(segment.file);
      await syncDirectory(directory);
      continue;
    }
    const { n: number, chain } = found.last;
    return {
      number,
      chain,
      ...(found.journal !== undefined && { journal: found.journal }),
      ...(setAside && { setAside }),
    };
  }
  return { number: 0, chain: BEGINNING, ...(setAside && { setAside }) };
}

interface SegmentEnd {
  readonly last?: FoundLine;
  readonly journal?: string;
  readonly setAside?: SetAside;
}

async function endOf({ file }: AuditSegment): Promise<SegmentEnd> {
  await using handle = await open(file, 'r+');
  const bytes = await handle.readFile();
  const last = lastRecord(bytes);
  const end = last?.end ?? 0;
  const first = last && foundLine(bytes.subarray(0, bytes.indexOf('\n')));
  const journal = first && journalOf(first);
  const torn = bytes.subarray(end);
  if (torn.length > 0) {
    await appendDurably(`${file}.torn`, torn);
    await handle.truncate(end);
    await handle.sync();
  }
  return {
    ...(last && { last: last.line }),
    ...(journal !== undefined && { journal }),
    ...(torn.length > 0 && {
      setAside: { bytes: torn.length, sha256: hash('sha256', torn), file: `${file}.torn` },
    }),
  };
}

/** The last line that is a record, and where it ends. */
function lastRecord(bytes: Buffer): { readonly line: FoundLine; readonly end: number } | undefined {
  let end = bytes.lastIndexOf('\n');
  while (end >= 0) {
    const before = end === 0 ? -1 : bytes.lastIndexOf('\n', end - 1);
    const line = foundLine(bytes.subarray(before + 1, end));
    if (line) return { line, end: end + 1 };
    end = before;
  }
  return undefined;
}

function journalOf(first: FoundLine): string | undefined {
  try {
    const { journal } = fieldsOf(first);
    return typeof journal === 'string' ? journal : undefined;
  } catch {
    return undefined;
  }
}

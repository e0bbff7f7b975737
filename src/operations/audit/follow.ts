import { setTimeout } from 'node:timers/promises';
import { fieldsOf, foundLine } from './chain.ts';
import { segmentsIn } from './files.ts';
import { linesOf } from './lines.ts';
import type { AuditRecord } from './search.ts';

/** How long a reader that has read all waits before it looks again. */
const EVERY_MS = 250;

/**
 * The records from a number on, those that are still to be written included, until the signal aborts. A reader that keeps
 * the number of the last record it has done with, and holds the journal there (`Journal.hold`), misses none, whatever
 * happens to its process; what came behind that number it may see twice. It reads the oldest record that is left where
 * older ones were removed.
 */
export async function* readFrom(
  directory: string,
  number: number,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<AuditRecord> {
  let next = number;
  // Where to go on in the segment that was read last.
  let place = { first: -1, bytes: 0 };
  while (!signal.aborted) {
    const segments = await segmentsIn(directory);
    const segment = segments.findLast(({ first }) => first <= next) ?? segments[0];
    const before = next;
    if (segment) {
      if (segment.first !== place.first) place = { first: segment.first, bytes: 0 };
      for await (const lines of linesOf(segment.file, { start: place.bytes })) {
        for (const { bytes, isWhole } of lines) {
          const line = isWhole ? foundLine(bytes) : undefined;
          if (!line) continue;
          place = { first: segment.first, bytes: place.bytes + bytes.length + 1 };
          if (line.n < next) continue;
          next = line.n + 1;
          yield { ...fieldsOf(line), n: line.n, at: line.at, event: line.event };
          if (signal.aborted) return;
        }
      }
    }
    if (next === before) await setTimeout(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

import { setTimeout } from 'node:timers/promises';
import { fieldsOf, foundLine } from './chain.ts';
import { segmentsIn } from './files.ts';
import { linesOf } from './lines.ts';
import type { AuditRecord } from './search.ts';

/** How long a reader that has read all waits before it looks again. */
const EVERY_MS = 250;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** The names of the records to read whole. Of others, only number, time and name are given. Default: all. */
  readonly wanted?: ReadonlySet<string>;
  /** The number of the newest record, where the journal is written in this process: nothing is looked for beyond it. */
  readonly newest?: () => number;
}

/**
 * The records from a number on, those that are still to be written included, until the signal aborts. A reader that keeps
 * the number of the last record it has done with, and holds the journal there (`Journal.hold`), misses none, whatever
 * happens to its process; what came behind that number it may see twice. It reads the oldest record that is left where
 * older ones were removed.
 */
export async function* readFrom(
  directory: string,
  number: number,
  { signal, wanted, newest = () => Infinity }: FollowOptions,
): AsyncGenerator<AuditRecord> {
  let next = number;
  // Where to go on in the segment that was read last.
  let place = { first: -1, bytes: 0 };
  while (!signal.aborted) {
    if (next > newest()) {
      await pause(signal);
      continue;
    }
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
          const start = { n: line.n, at: line.at, event: line.event };
          yield wanted?.has(line.event) === false ? start : { ...fieldsOf(line), ...start };
          if (signal.aborted) return;
        }
      }
    }
    if (next !== before) continue;
    // The next segment is begun only once all records of the one before are written: what is still missing is gone.
    const later = segments.find(({ first }) => first > next);
    if (later) next = later.first;
    else await pause(signal);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await setTimeout(EVERY_MS, undefined, { signal }).catch(() => undefined);
}

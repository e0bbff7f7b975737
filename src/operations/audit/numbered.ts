import { fieldsOf, foundLine } from './chain.ts';
import { segmentsIn } from './files.ts';
import { linesOf } from './lines.ts';
import type { AuditRecord } from './search.ts';

/** The records with these numbers, as far as they are still there. Only segments that may have one of them are read. */
export async function* recordsNumbered(directory: string, numbers: readonly number[]): AsyncGenerator<AuditRecord> {
  const wanted = new Set(numbers);
  const segments = await segmentsIn(directory);
  for (const [index, { first, file }] of segments.entries()) {
    const end = segments[index + 1]?.first ?? Infinity;
    if (!numbers.some((number) => number >= first && number < end)) continue;
    for await (const lines of linesOf(file)) {
      for (const { bytes, isWhole } of lines) {
        const line = isWhole ? foundLine(bytes) : undefined;
        if (line && wanted.has(line.n)) yield { ...fieldsOf(line), n: line.n, at: line.at, event: line.event };
      }
    }
  }
}

import { Found } from './alteration.ts';
import { AuditError } from './audit-error.ts';
import { fieldsOf, foundLine } from './chain.ts';
import { auditPaths, segmentsIn } from './files.ts';
import { knownKeys } from './known-keys.ts';
import { linesOf } from './lines.ts';
import { RecordCheck } from './record-check.ts';
import type { AuditRecord } from './search.ts';

/**
 * A record by its number, proven by the next signed head.
 * @throws AuditError where there is none, it was altered, or no head covers it yet
 */
export async function provenRecord(directory: string, number: number): Promise<AuditRecord> {
  const segments = await segmentsIn(directory);
  const from = segments.findLastIndex(({ first }) => first <= number);
  if (from === -1) throw new AuditError(`There is no record ${number} in ${directory}`);
  const check = new RecordCheck(await knownKeys(auditPaths(directory)));
  let record: AuditRecord | undefined;
  try {
    // After a crash, the head is in a segment that follows.
    for (const segment of segments.slice(from)) {
      check.segment(segment);
      for await (const lines of linesOf(segment.file)) {
        for (const line of lines) {
          check.line(line, line === lines.at(-1));
          const found = check.last === number && !record ? foundLine(line.bytes) : undefined;
          if (found) record = { ...fieldsOf(found), n: found.n, at: found.at, event: found.event };
          if (record && check.lastHead >= number) return record;
        }
      }
      if (!record) break;
    }
  } catch (error) {
    if (error instanceof Found)
      throw new AuditError(`The audit trail is not whole: ${error.message}`, { cause: error });
    throw AuditError.from(error);
  }
  if (!record) throw new AuditError(`There is no record ${number} in ${directory}`);
  throw new AuditError(`Record ${number} is not covered by a signed head yet: try again in a minute`);
}

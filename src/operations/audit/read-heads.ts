import { type AuditPaths, ifMissing } from './files.ts';
import { type Head, readHead } from './head.ts';
import { linesOf } from './lines.ts';

/** The lines of a file of heads: a head, or undefined where it is none. @param end read so many bytes */
export async function* headsIn(file: string, end = Infinity): AsyncGenerator<Head | undefined> {
  for await (const lines of linesOf(file, { end })) {
    for (const { bytes, isWhole } of lines) {
      // The last one, which a crash has cut off.
      if (!isWhole) return;
      yield parsed(bytes.toString());
    }
  }
}

/** The last head that was written; undefined where there is none. */
export async function lastHead({ heads }: AuditPaths): Promise<Head | undefined> {
  let last: Head | undefined;
  try {
    for await (const head of headsIn(heads)) last = head ?? last;
  } catch (error) {
    return ifMissing(undefined)(error);
  }
  return last;
}

function parsed(line: string): Head | undefined {
  try {
    return readHead(JSON.parse(line));
  } catch {
    return undefined;
  }
}

import type { ListedEntry } from '../listed-entry.ts';
import { readNumericDate } from '../numeric-date.ts';
import type { ServerTime, Stamp } from '../server-time.ts';
import { readCount, type Word, wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * OS/400 (IBM i): `OWNER  36864 02/23/00 15:09:55 *DIR       name/`, and `OWNER  *MEM  FILE.MBR` with neither size nor time.
 */
export const os400: Dialect = { name: 'os400', open: (time) => (line) => readLine(line, time) };

/** Words before the type: owner, size, date, time. */
const MOST_BEFORE_TYPE = 4;

function readLine(line: string, time: ServerTime): Reading {
  const words = wordsOf(line);
  const index = words.findIndex(({ text }) => /^\*[A-Z]{2,10}$/.test(text));
  const type = words[index];
  if (type === undefined || index < 1 || index > MOST_BEFORE_TYPE) return 'foreign';
  const [owner, size, date, clock] = words.slice(0, index);
  const bytes = readCount(size?.text);
  return {
    ...readNameAndKind(line.slice(type.end).trimStart(), type.text),
    ...(bytes !== undefined && { size: bytes }),
    ...(owner !== undefined && { owner: owner.text }),
    ...readStamp(date, clock, time),
  };
}

/** What can be entered ends in a slash; a name may have its whole path before it. */
function readNameAndKind(text: string, type: string): Pick<ListedEntry, 'name' | 'kind'> {
  const path = text.endsWith('/') ? text.slice(0, -1) : text;
  const isDirectory = path !== text || DIRECTORY_TYPES.includes(type);
  const kind = isDirectory ? 'directory' : FILE_TYPES.includes(type) ? 'file' : 'other';
  return { name: path.slice(path.lastIndexOf('/') + 1), kind };
}

const DIRECTORY_TYPES: readonly string[] = ['*DIR', '*DDIR', '*LIB', '*FLR'];
const FILE_TYPES: readonly string[] = ['*STMF', '*DSTMF', '*MEM', '*DOC'];

function readStamp(date: Word | undefined, clock: Word | undefined, time: ServerTime): Stamp | undefined {
  const day = readNumericDate(date?.text ?? '');
  const [, hour, minute, second] = /^(\d\d):(\d\d):(\d\d)$/.exec(clock?.text ?? '') ?? [];
  if (day === undefined || hour === undefined) return undefined;
  return time.at({ ...day, hour: Number(hour), minute: Number(minute), second: Number(second) });
}

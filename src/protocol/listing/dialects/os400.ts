import { readClock } from '../clock.ts';
import type { ListedEntry } from '../listed-entry.ts';
import { readNumericDate } from '../numeric-date.ts';
import type { ServerTime } from '../server-time.ts';
import { readCount, wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * OS/400 (IBM i): `OWNER  36864 02/23/00 15:09:55 *DIR       name/`. Members have neither size nor time:
 * `OWNER  *MEM  FILE.MBR`.
 */
export const os400: Dialect = { name: 'os400', open: (time) => (line) => readLine(line, time) };

/** The words before the type are owner, size, date and time. */
const MOST_BEFORE_TYPE = 4;

function readLine(line: string, time: ServerTime): Reading {
  const words = wordsOf(line);
  const index = words.findIndex(({ text }) => /^\*[A-Z]{2,10}$/.test(text));
  const type = words[index];
  if (type === undefined || index < 1 || index > MOST_BEFORE_TYPE) return 'foreign';
  const [owner, size, date, clock] = words.slice(0, index);
  const bytes = readCount(size?.text);
  const day = readNumericDate(date?.text ?? '');
  const hours = readClock(clock?.text ?? '');
  return {
    ...readNameAndKind(line.slice(type.end).trimStart(), type.text),
    ...(bytes !== undefined && { size: bytes }),
    ...(owner !== undefined && { owner: owner.text }),
    ...(day && hours && time.at({ ...day, ...hours })),
  };
}

/**
 * Directories end in a slash. A `*FILE` with members does too, and without the slash it is a save file. The whole path may
 * stand before a name.
 */
function readNameAndKind(text: string, type: string): Pick<ListedEntry, 'name' | 'kind'> {
  const path = text.endsWith('/') ? text.slice(0, -1) : text;
  const isDirectory = path !== text || DIRECTORY_TYPES.includes(type);
  const kind = isDirectory ? 'directory' : FILE_TYPES.includes(type) ? 'file' : 'other';
  return { name: path.slice(path.lastIndexOf('/') + 1), kind };
}

const DIRECTORY_TYPES: readonly string[] = ['*DIR', '*DDIR', '*LIB', '*FLR'];
const FILE_TYPES: readonly string[] = ['*STMF', '*DSTMF', '*MEM', '*DOC', '*FILE', '*SAVF'];

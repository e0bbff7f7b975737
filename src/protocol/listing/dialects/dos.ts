import { readClock } from '../clock.ts';
import type { ListedEntry } from '../listed-entry.ts';
import { isNumericDate, readNumericDate } from '../numeric-date.ts';
import type { ServerTime } from '../server-time.ts';
import { readCount, wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/** The `dir` of IIS and other servers on Windows: `01-31-26  09:13AM       <DIR>          name`. */
export const dos: Dialect = { name: 'dos', open: (time) => (line) => readLine(line, time) };

function readLine(line: string, time: ServerTime): Reading {
  const [date, clock, third, fourth] = wordsOf(line);
  if (date === undefined || clock === undefined || third === undefined || !isNumericDate(date.text)) return 'foreign';
  const isApart = /^[AP]M$/i.test(third.text);
  const hours = readClock(isApart ? clock.text + third.text : clock.text);
  const tag = isApart ? fourth : third;
  if (hours === undefined || tag === undefined) return 'foreign';

  const day = readNumericDate(date.text);
  const stamp = day && time.at({ ...day, ...hours });
  const kind = TAGS.get(tag.text.toUpperCase());
  if (kind !== undefined) return { ...readName(line.slice(tagEnd(line, tag.start, tag.end)), kind), kind, ...stamp };
  const size = readCount(tag.text.replaceAll(',', ''));
  if (size === undefined) return 'foreign';
  return { name: line.slice(tag.end + 1), kind: 'file', size, ...stamp };
}

const TAGS = new Map<string, ListedEntry['kind']>([
  ['<DIR>', 'directory'],
  ['<JUNCTION>', 'link'],
  ['<SYMLINK>', 'link'],
  ['<SYMLINKD>', 'link'],
]);
/** The distance between the beginning of a tag and the beginning of the name. */
const TAG_WIDTH = 15;

/**
 * Finds the name after a tag. It begins at its column, so that it may begin with spaces, or at the next word if that comes
 * earlier.
 */
function tagEnd(line: string, start: number, end: number): number {
  const padding = line.slice(end, start + TAG_WIDTH);
  return end + padding.length - padding.trimStart().length;
}

/** `dir` writes a link as `name [target]`. */
function readName(text: string, kind: ListedEntry['kind']): Pick<ListedEntry, 'name' | 'target'> {
  const bracket = kind === 'link' && text.endsWith(']') ? text.lastIndexOf(' [') : -1;
  return bracket === -1 ? { name: text } : { name: text.slice(0, bracket), target: text.slice(bracket + 2, -1) };
}

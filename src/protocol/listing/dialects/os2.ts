import { readClock } from '../clock.ts';
import { isNumericDate, readNumericDate } from '../numeric-date.ts';
import type { ServerTime } from '../server-time.ts';
import { readCount, wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/** OS/2: `     0           DIR   12-30-97   12:32  name`. Letters of attributes may come before `DIR`. */
export const os2: Dialect = { name: 'os2', open: (time) => (line) => readLine(line, time) };

/** The size, the attributes and `DIR`. */
const MOST_BEFORE_DATE = 3;

function readLine(line: string, time: ServerTime): Reading {
  const words = wordsOf(line);
  const index = words.findIndex(({ text }) => isNumericDate(text));
  const size = readCount(words[0]?.text);
  const [date, clock] = words.slice(Math.max(index, 0));
  if (index < 1 || index > MOST_BEFORE_DATE || size === undefined || !date || !clock) return 'foreign';
  const attributes = words.slice(1, index).map(({ text }) => text);
  const hours = readClock(clock.text);
  if (hours === undefined || !attributes.every((text) => /^[A-Z]{1,5}$/.test(text))) return 'foreign';
  const day = readNumericDate(date.text);
  return {
    name: line.slice(clock.end).trimStart(),
    kind: attributes.includes('DIR') ? 'directory' : 'file',
    size,
    ...(day && time.at({ ...day, ...hours })),
  };
}

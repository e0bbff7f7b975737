import { readClock } from '../clock.ts';
import type { ListedEntry } from '../listed-entry.ts';
import { readNumericDate } from '../numeric-date.ts';
import type { ServerTime } from '../server-time.ts';
import { wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * MVS (z/OS): data sets, or the members of a partitioned one, below a heading that tells which. Sizes count tracks or
 * records and are left out; the day of a data set is that of its last use. In JES the entries are jobs, by their numbers.
 */
export const mvs: Dialect = {
  name: 'mvs',
  open(time) {
    let read: ((words: readonly string[], time: ServerTime) => Reading) | undefined;
    return (line) => {
      const words = wordsOf(line).map(({ text }) => text);
      const heading = HEADINGS.find(({ has }) => has.every((word) => words.includes(word)));
      if (heading !== undefined) read = heading.read;
      if (read === undefined) return 'foreign';
      return heading === undefined ? read(words, time) : 'known';
    };
  },
};

const HEADINGS = [
  { has: ['Volume', 'Dsorg', 'Dsname'], read: readDataSet },
  { has: ['Name', 'VV.MM', 'Changed'], read: readMember },
  { has: ['Name', 'Size', 'TTR'], read: readMember },
  { has: ['JOBNAME', 'JOBID'], read: readJob },
];

const DATA_SET_KINDS = new Map<string, ListedEntry['kind']>([
  ['PS', 'file'],
  ['PS-E', 'file'],
  ['PS-L', 'file'],
  ['PO', 'directory'],
  ['PO-E', 'directory'],
  // `Pseudo Directory`: a qualifier that several names share.
  ['Directory', 'directory'],
]);

/** `B10142 3390 2006/03/20  2   31  F       80    80  PS   NAME`; one on tape or migrated has words in place of numbers. */
function readDataSet(words: readonly string[]): Reading {
  const name = words.at(-1);
  if (name === undefined || words.length < 2) return 'foreign';
  return { name, kind: DATA_SET_KINDS.get(words.at(-2) ?? '') ?? 'other' };
}

/** `NAME  01.03 2002/09/12 2002/10/11 09:37    11    11     0 USER`, or the name alone where no statistics are kept. */
function readMember([name, , , changed = '', clock = '']: readonly string[], time: ServerTime): Reading {
  if (name === undefined) return 'foreign';
  const day = readNumericDate(changed);
  const hours = readClock(clock);
  return { name, kind: 'file', ...(day && hours && time.at({ ...day, ...hours })) };
}

/** `USER1A   JOB01854 USER1    OUTPUT A        RC=0000 6 spool files`; the number is what RETR takes. */
function readJob([, name, owner]: readonly string[]): Reading {
  if (name === undefined || !/^(?:JOB|STC|TSU|[JST])\d{4,7}$/.test(name)) return 'foreign';
  return { name, kind: 'file', ...(owner !== undefined && { owner }) };
}

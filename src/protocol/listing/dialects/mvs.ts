import { readClock } from '../clock.ts';
import type { ListedEntry } from '../listed-entry.ts';
import { readNumericDate } from '../numeric-date.ts';
import type { ServerTime } from '../server-time.ts';
import { wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * MVS (z/OS). The heading says whether the lines are data sets, members of a partitioned data set, or jobs (JES). Sizes
 * are left out, because they count tracks or records. The date of a data set is left out, because it is that of its last
 * use.
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
  // `Pseudo Directory` is a qualifier that several names share.
  ['Directory', 'directory'],
]);

/**
 * Reads `B10142 3390 2006/03/20  2   31  F       80    80  PS   NAME`. A data set that is on tape or migrated has words
 * instead of numbers.
 */
function readDataSet(words: readonly string[]): Reading {
  const name = words.at(-1);
  if (name === undefined || words.length < 2) return 'foreign';
  return { name, kind: DATA_SET_KINDS.get(words.at(-2) ?? '') ?? 'other' };
}

/** Reads `NAME  01.03 2002/09/12 2002/10/11 09:37    11    11     0 USER`, or the name alone if the member has no statistics. */
function readMember([name, , , changed = '', clock = '']: readonly string[], time: ServerTime): Reading {
  if (name === undefined) return 'foreign';
  const day = readNumericDate(changed);
  const hours = readClock(clock);
  return { name, kind: 'file', ...(day && hours && time.at({ ...day, ...hours })) };
}

/** Reads `USER1A   JOB01854 USER1    OUTPUT A        RC=0000 6 spool files`. The job number is the name, because RETR takes it. */
function readJob([, name, owner]: readonly string[]): Reading {
  if (name === undefined || !/^(?:JOB|STC|TSU|[JST])\d{4,7}$/.test(name)) return 'foreign';
  return { name, kind: 'file', ...(owner !== undefined && { owner }) };
}

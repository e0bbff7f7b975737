import type { ListedEntry } from '../listed-entry.ts';
import { readCount } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * Easily Parsed LIST Format, by D. J. Bernstein: `+i8388621.48594,m825718503,r,s280,\tname`. Its times are always in UTC, so
 * the time zone of the server does not matter.
 */
export const eplf: Dialect = { name: 'eplf', open: () => readLine };

function readLine(line: string): Reading {
  const tab = line.indexOf('\t');
  if (!line.startsWith('+') || tab === -1) return 'foreign';
  let entry: ListedEntry = { name: line.slice(tab + 1), kind: 'other' };
  for (const fact of line.slice(1, tab).split(',')) entry = { ...entry, ...readFact(fact) };
  return entry;
}

function readFact(fact: string): Partial<ListedEntry> {
  const value = fact.slice(1);
  const count = readCount(value);
  switch (fact.charAt(0)) {
    case '/':
      return { kind: 'directory' };
    case 'r':
      return { kind: 'file' };
    case 's':
      return count === undefined ? {} : { size: count };
    case 'm':
      return count === undefined || count > LATEST_SECOND
        ? {}
        : { modified: new Date(count * 1000), modifiedPrecision: 'second' };
    case 'i':
      return { unique: value };
    case 'u':
      return /^p[0-7]{1,4}$/.test(value) ? { mode: Number.parseInt(value.slice(1), 8) } : {};
    default:
      return {};
  }
}

/** The last second that a `Date` can hold. */
const LATEST_SECOND = 8.64e12;

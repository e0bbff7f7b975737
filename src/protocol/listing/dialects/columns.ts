import { readClock } from '../clock.ts';
import type { ListedEntry } from '../listed-entry.ts';
import { monthOf } from '../months.ts';
import { readNumericDate } from '../numeric-date.ts';
import type { LocalTime, ServerTime, Stamp } from '../server-time.ts';
import { readCount } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/** A dialect that a single pattern recognizes. The pattern must match in linear time. */
interface Form {
  readonly name: string;
  readonly entry: RegExp;
  readonly heading?: RegExp;
  readonly kind?: (parts: Parts) => ListedEntry['kind'];
}

/** The named groups of a pattern. `size` is in bytes, `epoch` in seconds since 1970. `mark` tells the kind of the entry. */
type Parts = Readonly<Partial<Record<'name' | 'extension' | 'size' | 'day' | 'clock' | 'epoch' | 'mark', string>>>;

const FORMS: readonly Form[] = [
  {
    // `206876  Apr 04, 2000 21:06 name`. The name of a directory ends in a slash.
    name: 'vshell',
    entry: /^(?<size>\d+) +(?<day>\p{L}{3} \d{1,2}, \d{4}) (?<clock>\d\d:\d\d) (?<name>[^/]+)(?<mark>\/?)$/u,
    kind: ({ mark }) => (mark === '/' ? 'directory' : 'file'),
  },
  {
    // `2048    Feb-28-1998  05:23:30   name <DIR>`
    name: 'vxworks',
    entry:
      /^ *(?<size>\d+) +(?<day>\p{L}{3}-\d\d-\d{4}) +(?<clock>\d\d:\d\d:\d\d) +(?<name>\S+)(?: +(?<mark><DIR>))? *$/u,
    heading: /^ *size +date +time +name *$|^-{4,} +-{4,} +-{4,} +-{4,} *$/i,
    kind: ({ mark }) => (mark !== undefined ? 'directory' : 'file'),
  },
  {
    // `name       1014196  06/03/04  Thur.   10:20:03` (Nortel)
    name: 'wfftp',
    entry: /^(?<name>\S+) +(?<size>\d+) +(?<day>\d\d\/\d\d\/\d\d) +\p{L}{3,9}\. +(?<clock>\d\d:\d\d:\d\d) *$/u,
  },
  {
    // `20.20 07/03/29 1026 d-ewrewr 2650 85920 name`: owner, date, time, attributes, sector, size.
    name: 'os9',
    entry:
      /^ *\d+\.\d+ +(?<day>\d\d\/\d\d\/\d\d) +\d{4} +(?<mark>[-d])[-s][-erw]{6} +[\da-fA-F]+ +(?<size>\d+) (?<name>\S.*)$/,
    kind: ({ mark }) => (mark === 'd' ? 'directory' : 'file'),
  },
  {
    // `FILE1   O 101   16354 18-Jan-94 11:44:56 255,255 "oooo"`
    name: 'nonstop',
    entry:
      /^(?<name>\S+) +(?:O +)?\d+[A-Z]?\+? +(?<size>\d+) +(?<day>\d{1,2}-\p{L}{3}-\d\d) +(?<clock>\d{1,2}:\d\d:\d\d) +\d{1,3}, ?\d{1,3} +"?[^" ]{1,10}"? *$/u,
    heading: /^File +Code +EOF\b/,
  },
  {
    // `NAME  EXEC   V    65   107   2 2005-10-04 15:28:42 OWNER`: CMS also sends `NAME.EXEC` as a single word.
    name: 'zvm',
    entry:
      /^(?<name>\S+) +(?:(?<extension>\S+) +)??(?<mark>[FV]|DIR|-) +(?:\d+|-) +(?:\d+|-) +(?:\d+|-) +(?<day>\d{4}-\d\d-\d\d|\d{1,2}\/\d{1,2}\/\d\d) +(?<clock>\d{1,2}:\d\d:\d\d)(?: +\S+)? *$/,
    kind: ({ mark }) => (mark === 'DIR' ? 'directory' : 'file'),
  },
  {
    // `0100644   500  101   12345    123456789       name`: `ls` with numbers only.
    name: 'numeric-unix',
    entry: /^(?<mark>0?(?:100|40|120)[0-7]{3,4}) +\d+ +\d+ +(?<size>\d+) +(?<epoch>\d{1,12}) +(?<name>\S.*)$/,
    kind: ({ mark = '' }) => (/^0?40/.test(mark) ? 'directory' : /^0?120/.test(mark) ? 'link' : 'file'),
  },
];

/** The dialects of rare systems. */
export const columns: readonly Dialect[] = FORMS.map((form) => ({
  name: form.name,
  open: (time) => (line) => readLine(form, line, time),
}));

function readLine({ entry, heading, kind }: Form, line: string, time: ServerTime): Reading {
  const parts: Parts | undefined = entry.exec(line)?.groups;
  if (parts?.name === undefined) return heading?.test(line) ? 'known' : 'foreign';
  const { name, extension } = parts;
  const what = kind?.(parts) ?? 'file';
  const size = what === 'file' ? readCount(parts.size) : undefined;
  return {
    name: extension === undefined || what === 'directory' ? name : `${name}.${extension}`,
    kind: what,
    ...(size !== undefined && { size }),
    ...readStamp(parts, time),
  };
}

function readStamp({ day = '', clock = '', epoch }: Parts, time: ServerTime): Partial<Stamp> | undefined {
  const seconds = readCount(epoch);
  if (seconds !== undefined) return { modified: new Date(seconds * 1000), modifiedPrecision: 'second' };
  const date = readNumericDate(day) ?? readNamedDay(day);
  return date && time.at({ ...date, ...readClock(clock) });
}

/** Reads `Apr 04, 2000`, `Feb-28-1998` and `18-Jan-94`. */
function readNamedDay(text: string): LocalTime | undefined {
  const [one = '', other = '', yearText = ''] = text.split(/, |[- ]/);
  const [month, day] = monthOf(one) === undefined ? [monthOf(other), one] : [monthOf(one), other];
  if (month === undefined) return undefined;
  const year = Number(yearText);
  return { year: yearText.length === 4 ? year : year + (year < 70 ? 2000 : 1900), month, day: Number(day) };
}

import { readClock } from '../clock.ts';
import type { ListedEntry } from '../listed-entry.ts';
import { monthOf } from '../months.ts';
import type { ServerTime, Stamp } from '../server-time.ts';
import { wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * VMS: `NAME.TXT;1  2/9  30-DEC-1996 17:44:05 [GROUP,OWNER] (RWED,RWED,RE,)`, in two lines where the name is long; the fields have other orders
 * too, and the time of day may be missing. A name
 * is given without its version; it stands for the newest, which comes first, so older ones are left out. Sizes are in
 * blocks, which is not exact, and are left out too.
 */
export const vms: Dialect = {
  name: 'vms',
  open(time) {
    /** A name whose second line did not come yet, and the name of the last entry. */
    let begun: string | undefined;
    let previous: string | undefined;
    return (line) => {
      const joined = begun === undefined ? 'foreign' : readLine(begun + line, time);
      const reading = joined === 'foreign' ? readLine(line, time) : joined;
      begun = undefined;
      if (reading === 'begun') begun = `${line} `;
      if (typeof reading === 'string') return reading === 'foreign' ? 'foreign' : 'known';
      if (reading.name === previous) return 'known';
      previous = reading.name;
      return reading;
    };
  },
};

function readLine(line: string, time: ServerTime): Reading | 'begun' {
  const [first, ...others] = wordsOf(line).map(({ text }) => text);
  if (first === undefined) return 'foreign';
  if (first === 'Directory' || first === 'Total' || isHeading(line)) return 'known';
  const semicolon = first.lastIndexOf(';');
  if (semicolon === -1 || !/^\d{1,5}$/.test(first.slice(semicolon + 1))) return 'foreign';
  if (others.length === 0) return 'begun';
  const dateAt = others.findIndex((word) => DATE.test(word));
  const stamp = readStamp(others[dateAt] ?? '', others[dateAt + 1] ?? '', time);
  if (stamp === undefined || !others.some((word) => BLOCKS.test(word))) return 'foreign';

  const name = first.slice(0, semicolon);
  const isDirectory = /\.DIR$/i.test(name);
  const text = others.join(' ');
  return {
    name: isDirectory ? name.slice(0, -'.DIR'.length) : name,
    kind: isDirectory ? 'directory' : 'file',
    ...stamp,
    ...readOwner(text.slice(Math.max(text.indexOf('['), 0))),
    ...readProtection(text),
  };
}

/** Of MultiNet: the directory, as `DISK$USERS:[ANONYMOUS]`. */
function isHeading(line: string): boolean {
  return /^[\w$-]{1,64}:\[[^\]]{1,256}\]\s*$/.test(line);
}

const DATE = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/;
/** Used, and allocated behind a slash; some say kilobytes. */
const BLOCKS = /^\d+(?:\/\d+|[KM]B)?$/i;

/** The time of day is left out by some. */
function readStamp(date: string, clockText: string, time: ServerTime): Stamp | undefined {
  const [, day, monthName = '', year] = DATE.exec(date) ?? [];
  const month = monthOf(monthName);
  return month === undefined
    ? undefined
    : time.at({ year: Number(year), month, day: Number(day), ...readClock(clockText) });
}

/** `[GROUP,OWNER]` or `[OWNER]`; one that is too long for its column has no end. */
function readOwner(text: string): Pick<ListedEntry, 'owner' | 'group'> {
  const [, first, second] = /^\[([^\], ]{1,64})(?:, ?([^\], ]{1,64}))?[\] ]/.exec(text) ?? [];
  if (first === undefined) return {};
  return second === undefined ? { owner: first } : { group: first, owner: second };
}

/** `(system,owner,group,world)`, each some of the letters of read, write, execute and delete. */
function readProtection(text: string): Pick<ListedEntry, 'mode'> {
  const [, ...classes] = /\([RWED]{0,4},([RWED]{0,4}),([RWED]{0,4}),([RWED]{0,4})\)$/.exec(text) ?? [];
  if (classes.length === 0) return {};
  const bits = (letters: string) =>
    (letters.includes('R') ? 4 : 0) + (letters.includes('W') ? 2 : 0) + (letters.includes('E') ? 1 : 0);
  return { mode: classes.reduce((mode, letters) => mode * 8 + bits(letters), 0) };
}

import { readClock } from '../clock.ts';
import type { ListedEntry } from '../listed-entry.ts';
import { monthOf } from '../months.ts';
import type { ServerTime, Stamp } from '../server-time.ts';
import { wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/**
 * VMS: `NAME.TXT;1  2/9  30-DEC-1996 17:44:05 [GROUP,OWNER] (RWED,RWED,RE,)`. The order of the fields varies, the time of
 * day may be missing, and an entry with a long name takes two lines. The version is cut off a name, because a name without
 * one means the newest version. That comes first, so later lines with the same name are left out. Sizes are left out,
 * because they count blocks.
 */
export const vms: Dialect = {
  name: 'vms',
  open(time) {
    /** A name whose second line has not arrived. */
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

/** MultiNet begins with the name of the directory: `DISK$USERS:[ANONYMOUS]`. */
function isHeading(line: string): boolean {
  return /^[\w$-]{1,64}:\[[^\]]{1,256}\]\s*$/.test(line);
}

const DATE = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/;
/** The used blocks, and the allocated ones after a slash. Some servers show kilobytes. */
const BLOCKS = /^\d+(?:\/\d+|[KM]B)?$/i;

/** Some servers omit the time of day. */
function readStamp(date: string, clockText: string, time: ServerTime): Stamp | undefined {
  const [, day, monthName = '', year] = DATE.exec(date) ?? [];
  const month = monthOf(monthName);
  return month === undefined
    ? undefined
    : time.at({ year: Number(year), month, day: Number(day), ...readClock(clockText) });
}

/** Reads `[GROUP,OWNER]` or `[OWNER]`. The closing bracket is missing if the column is too narrow. */
function readOwner(text: string): Pick<ListedEntry, 'owner' | 'group'> {
  const [, first, second] = /^\[([^\], ]{1,64})(?:, ?([^\], ]{1,64}))?[\] ]/.exec(text) ?? [];
  if (first === undefined) return {};
  return second === undefined ? { owner: first } : { group: first, owner: second };
}

/** Reads `(system,owner,group,world)`. Each part has letters for read, write, execute and delete. */
function readProtection(text: string): Pick<ListedEntry, 'mode'> {
  const [, ...classes] = /\([RWED]{0,4},([RWED]{0,4}),([RWED]{0,4}),([RWED]{0,4})\)$/.exec(text) ?? [];
  if (classes.length === 0) return {};
  const bits = (letters: string) =>
    (letters.includes('R') ? 4 : 0) + (letters.includes('W') ? 2 : 0) + (letters.includes('E') ? 1 : 0);
  return { mode: classes.reduce((mode, letters) => mode * 8 + bits(letters), 0) };
}

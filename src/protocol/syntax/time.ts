import { SyntaxFailure } from './syntax.ts';

/**
 * Formats a time value in UTC: `YYYYMMDDHHMMSS` (RFC 3659 section 2.3). It adds `.sss` only if the milliseconds are not
 * zero, so that it claims no precision that the time may lack. A time outside the years 0 to 9999 becomes the nearest one
 * within.
 */
export function formatTime(time: Date): string {
  const ms = Math.min(Math.max(time.getTime() || 0, EARLIEST), LATEST);
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay.number) lastDay = { number: day, text: formatDay(day) };
  const second = Math.floor((ms - day * DAY_MS) / 1000);
  const clock = `${TWO_DIGITS[Math.floor(second / 3600)]}${TWO_DIGITS[Math.floor(second / 60) % 60]}${TWO_DIGITS[second % 60]}`;
  const fraction = ms - Math.floor(ms / 1000) * 1000;
  return fraction === 0 ? lastDay.text + clock : `${lastDay.text}${clock}.${String(fraction).padStart(3, '0')}`;
}

/**
 * Parses a time value and truncates it to milliseconds.
 * @throws SyntaxFailure 501, also for a day that does not exist, such as 29 February of a common year
 */
export function parseTime(text: string): Date {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw badTime();
  const [, year, month, day, hour, minute, second = '', fraction = ''] = match;
  // RFC 3659 section 2.3 allows second 60. `Date` has no leap seconds, so it becomes the first second of the next minute.
  const isLeap = second === '60';
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${isLeap ? '59' : second}.${milliseconds}Z`;
  const time = new Date(iso);
  // `Date` turns 30 February into 1 March: a day exists only if it comes back unchanged.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw badTime();
  return isLeap ? new Date(time.getTime() + 1000) : time;
}

/**
 * Parses a time value from a server. Returns undefined if it is malformed. Some old servers write a year as `19` and the
 * years since 1900 (`19126` for 2026), which is accepted.
 */
export function readTime(text: string): Date | undefined {
  const [, yearsSince1900, rest = ''] = /^19(1\d\d)(\d{10}(?:\.\d+)?)$/.exec(text) ?? [];
  try {
    return parseTime(yearsSince1900 === undefined ? text : `${1900 + Number(yearsSince1900)}${rest}`);
  } catch {
    return undefined;
  }
}

const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/** The last formatted day. Times in a listing often share their day, and the day is the slow part to format. */
let lastDay = { number: 0, text: '19700101' };

function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

function badTime(): SyntaxFailure {
  return new SyntaxFailure(501, 'Expected a time of the calendar, in UTC: YYYYMMDDHHMMSS');
}

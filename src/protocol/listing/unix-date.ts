import { readClock } from './clock.ts';
import { monthOf } from './months.ts';
import type { LocalTime, ServerTime, Stamp } from './server-time.ts';
import type { Word } from './words.ts';

/** A date within a line, and the index at which the name after it begins. */
export interface FoundDate extends Partial<Stamp> {
  readonly nameStart: number;
}

type Day = Pick<LocalTime, 'month' | 'day'>;

/**
 * Reads the date that begins with the word at `index`. `ls -l` writes `Jan 02 15:04` and `Jan 02  2006` (month and day in
 * either order), `Jan 02 15:04:05 2006` (BSD, `-T`), `2006-01-02 15:04` and `01-02 15:04` (GNU, `--time-style`), and
 * `1月 2日 2006年` (the year may come first). Other programs write `02-Jan-2006`, `31-01-2006 15:04`, `2006.01.02`,
 * `01-02  2006`, and `Jan 02, 2006 15:04` (VShell). Returns undefined if the order of day and month is ambiguous.
 */
export function findUnixDate(words: readonly Word[], index: number, time: ServerTime): FoundDate | undefined {
  const text = (offset: number) => words[index + offset]?.text ?? '';
  const found = (last: number, stamp: Stamp | undefined, spaces = 1): FoundDate | undefined => {
    const word = words[index + last];
    return stamp && word && { ...stamp, nameStart: word.end + spaces };
  };

  const iso = readIsoDay(text(0));
  if (iso !== undefined) {
    const clock = readClock(text(1));
    // GNU `ls` pads a date without a time with a space, to the width of `01-02 15:04`.
    const gap = gapBehind(words, index);
    if (clock === undefined) return found(0, time.at(iso), text(0).includes('.') ? gap : Math.min(gap, 2));
    const offsetMs = text(1).includes('.') ? readZone(text(2)) : undefined;
    return found(offsetMs === undefined ? 1 : 2, time.at({ ...iso, ...clock }, offsetMs));
  }

  const [, month, day] = /^(\d\d)-(\d\d)$/.exec(text(0)) ?? [];
  if (month !== undefined) {
    const clock = readClock(text(1));
    const year = readYear(text(1));
    if (year !== undefined) return found(1, time.at({ year, month: Number(month), day: Number(day) }));
    return clock && found(1, time.recent({ month: Number(month), day: Number(day), ...clock }));
  }

  const dashed = readDashedDay(text(0));
  if (dashed !== undefined) {
    const clock = readClock(text(1));
    return found(clock === undefined ? 0 : 1, time.at({ ...dashed, ...clock }));
  }

  const yearBefore = readYear(text(0));
  const dayBehind = yearBefore === undefined ? undefined : readDay(text(1), text(2));
  // `4096 Nov 30` is a size and the beginning of a date: the year comes first only if the month is in figures (`1月`).
  if (yearBefore !== undefined && dayBehind !== undefined && /^\d+\D+$/.test(text(1))) {
    return found(2, time.at({ ...dayBehind, year: yearBefore }));
  }

  const named = readDay(text(0), text(1)) ?? readDay(text(1), text(0));
  if (named === undefined) return undefined;
  const year = readYear(text(2));
  const clockBehind = text(1).endsWith(',') ? readClock(text(3)) : undefined;
  if (year !== undefined && clockBehind !== undefined) return found(3, time.at({ ...named, ...clockBehind, year }));
  if (year !== undefined) return found(2, time.at({ ...named, year }));
  const clock = readClock(text(2));
  if (clock === undefined) return undefined;
  const yearBehind = clock.second === undefined ? undefined : readYear(text(3));
  if (yearBehind !== undefined) return found(3, time.at({ ...named, ...clock, year: yearBehind }));
  return found(2, time.recent({ ...named, ...clock }));
}

/**
 * Finds a date that can't be read, so that the name after it can: its month is in an unknown language, or the order of its
 * numbers is ambiguous.
 */
export function findUnreadDate(words: readonly Word[], index: number): FoundDate | undefined {
  const text = (offset: number) => words[index + offset]?.text ?? '';
  const isDay = (word: string) => /^(?:0?[1-9]|[12]\d|3[01])[.,]?$/.test(word);
  // `findUnixDate` reads every date with a known month: what is left has a day that does not exist.
  const isMonth = (word: string) => /^\p{L}{2,12}[.,]{0,2}$/u.test(word) && monthOf(word) === undefined;
  const isNamed = (isMonth(text(0)) && isDay(text(1))) || (isDay(text(0)) && (isMonth(text(1)) || isDay(text(1))));
  const last = isNamed
    ? 2
    : /^(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|[12]\d|3[01])\1\d{4}$/.test(text(0))
      ? 1
      : undefined;
  if (last === undefined) return undefined;
  const isEnd = readClock(text(last)) !== undefined || (isNamed && readYear(text(last)) !== undefined);
  const word = words[index + last];
  return isEnd && word ? { nameStart: word.end + 1 } : undefined;
}

/** The number of spaces after a word, or 1 if it is the last word. */
function gapBehind(words: readonly Word[], index: number): number {
  const [word, next] = words.slice(index, index + 2);
  return word === undefined || next === undefined ? 1 : next.start - word.end;
}

function readIsoDay(text: string): LocalTime | undefined {
  const [, year, month, day] = /^(\d{4})[-/.](\d\d)[-/.](\d\d)$/.exec(text) ?? [];
  return year === undefined ? undefined : { year: Number(year), month: Number(month), day: Number(day) };
}

/** Reads `02-Jan-2006` and `02-Jan-06`, and numbers of which one can't be a month, such as `31-01-2006`. */
function readDashedDay(text: string): LocalTime | undefined {
  const [, first = '', second = '', yearText = ''] = /^(\d{1,2})-(\d{1,2}|\p{L}{3,4})-(\d{4}|\d{2})$/u.exec(text) ?? [];
  const named = monthOf(second);
  const numbers = [Number(first), Number(second)] as const;
  const year = Number(yearText) + (yearText.length === 4 ? 0 : Number(yearText) < 70 ? 2000 : 1900);
  if (named !== undefined) return { year, month: named, day: numbers[0] };
  if (yearText.length !== 4) return undefined;
  if (numbers[0] > 12) return { year, month: numbers[1], day: numbers[0] };
  return numbers[1] > 12 ? { year, month: numbers[0], day: numbers[1] } : undefined;
}

function readDay(monthText: string, dayText: string): Day | undefined {
  const month = monthOf(monthText);
  const [, day] = /^(\d{1,2})(?:[.,日일]|[\udc80-\udcff]{1,3})?$/.exec(dayText) ?? [];
  return month === undefined || day === undefined ? undefined : { month, day: Number(day) };
}

function readYear(text: string): number | undefined {
  const [, year] = /^(\d{4})(?:[年년]|[\udc80-\udcff]{1,3}N?)?$/.exec(text) ?? [];
  return year === undefined ? undefined : Number(year);
}

/** Reads `+0130`, which `--time-style=full-iso` writes after the fraction of a second, as milliseconds. */
function readZone(text: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

import { readClock } from './clock.ts';
import { monthOf } from './months.ts';
import type { LocalTime, ServerTime, Stamp } from './server-time.ts';
import type { Word } from './words.ts';

/** A date within a line, and where the name begins behind it. */
export interface FoundDate extends Stamp {
  readonly nameStart: number;
}

type Day = Pick<LocalTime, 'month' | 'day'>;

/**
 * The date that begins with the word at `index`, in any form in which `ls -l` writes one: `Jan 02 15:04`, `Jan 02  2006`
 * (either order of month and day), `Jan 02 15:04:05 2006` (BSD, `-T`), `2006-01-02 15:04` and `01-02 15:04` (GNU,
 * `--time-style`), `1月 2日 2006年`.
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
    // GNU pads a day without a time by a space, to the width of `01-02 15:04`.
    if (clock === undefined) return found(0, time.at(iso), Math.min(gapBehind(words, index), 2));
    const offsetMs = text(1).includes('.') ? readZone(text(2)) : undefined;
    return found(offsetMs === undefined ? 1 : 2, time.at({ ...iso, ...clock }, offsetMs));
  }

  const [, month, day] = /^(\d\d)-(\d\d)$/.exec(text(0)) ?? [];
  if (month !== undefined) {
    const clock = readClock(text(1));
    return clock && found(1, time.recent({ month: Number(month), day: Number(day), ...clock }));
  }

  const named = readDay(text(0), text(1)) ?? readDay(text(1), text(0));
  if (named === undefined) return undefined;
  const year = readYear(text(2));
  if (year !== undefined) return found(2, time.at({ ...named, year }));
  const clock = readClock(text(2));
  if (clock === undefined) return undefined;
  const yearBehind = clock.second === undefined ? undefined : readYear(text(3));
  if (yearBehind !== undefined) return found(3, time.at({ ...named, ...clock, year: yearBehind }));
  return found(2, time.recent({ ...named, ...clock }));
}

/** How many spaces stand behind a word; one where it is the last. */
function gapBehind(words: readonly Word[], index: number): number {
  const [word, next] = words.slice(index, index + 2);
  return word === undefined || next === undefined ? 1 : next.start - word.end;
}

function readIsoDay(text: string): LocalTime | undefined {
  const [, year, month, day] = /^(\d{4})[-/](\d\d)[-/](\d\d)$/.exec(text) ?? [];
  return year === undefined ? undefined : { year: Number(year), month: Number(month), day: Number(day) };
}

function readDay(monthText: string, dayText: string): Day | undefined {
  const month = monthOf(monthText);
  const [, day] = /^(\d{1,2})[.,日일]?$/.exec(dayText) ?? [];
  return month === undefined || day === undefined ? undefined : { month, day: Number(day) };
}

function readYear(text: string): number | undefined {
  const [, year] = /^(\d{4})[年년]?$/.exec(text) ?? [];
  return year === undefined ? undefined : Number(year);
}

/** `+0130`, as `--time-style=full-iso` writes it behind the fraction of the second. */
function readZone(text: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

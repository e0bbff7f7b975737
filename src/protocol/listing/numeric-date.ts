import type { LocalTime } from './server-time.ts';

type Day = Pick<LocalTime, 'year' | 'month' | 'day'>;

/** Whether a word is three numbers with the same separator between them, as DOS, OS/2 and OS/400 write a date. */
export function isNumericDate(text: string): boolean {
  return NUMERIC.test(text);
}

/**
 * Reads a date of three numbers, or returns undefined if it is ambiguous. Four digits at the beginning are the year.
 * Otherwise the month comes first between dashes (IIS, OS/2), and the day comes first between points. Between slashes the
 * order depends on the locale of the server: the date is read only if a single order makes sense, because a wrong time is
 * worse than none.
 */
export function readNumericDate(text: string): Day | undefined {
  const [, first = '', separator, second = '', third = ''] = NUMERIC.exec(text) ?? [];
  if (separator === undefined) return undefined;
  const yearFirst = () => toDay(first, second, third);
  const monthFirst = () => toDay(third, first, second);
  const dayFirst = () => toDay(third, second, first);
  if (first.length === 4) return yearFirst();
  if (separator === '-') return monthFirst();
  if (separator === '.') return dayFirst();
  const days = [monthFirst(), dayFirst(), third.length === 2 ? yearFirst() : undefined].filter(
    (day) => day !== undefined,
  );
  const [day, ...others] = new Map(days.map((day) => [JSON.stringify(day), day])).values();
  return others.length === 0 ? day : undefined;
}

const NUMERIC = /^(\d{4}|\d{1,2})([-./])(\d{1,2})\2(\d{1,4})$/;

/** Years of two digits are 1970 to 2069. Some programs count the years since 1900, so three digits are possible. */
function toDay(yearText: string, monthText: string, dayText: string): Day | undefined {
  const [short, month, day] = [Number(yearText), Number(monthText), Number(dayText)];
  const year = yearText.length === 4 ? short : short + (yearText.length < 3 && short < 70 ? 2000 : 1900);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { year, month, day } : undefined;
}

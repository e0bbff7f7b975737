import { locale } from './words/index.ts';

/*
 * Numbers and times as people read them, in their language and their zone.
 */

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const TIME = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const COUNT = new Intl.NumberFormat(locale);
const CLOCK = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
const STEPS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;

export function count(value: number): string {
  return COUNT.format(value);
}

export function bytes(value: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const unit = UNITS[power] ?? 'byte';
  const shown = value / 1000 ** power;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: shown >= 100 || power === 0 ? 0 : 1,
  }).format(shown);
}

export function rate(perSecond: number): string {
  return `${bytes(Math.round(perSecond))}/s`;
}

export function moment(iso: string): string {
  return TIME.format(new Date(iso));
}

/** The time of the day alone. */
export function clock(iso: string): string {
  return CLOCK.format(new Date(iso));
}

export function day(iso: string): string {
  return DAY.format(new Date(iso));
}

/** `3 minutes ago`, `in 2 days`. */
export function relative(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const [size, unit] = STEPS.find(([each]) => Math.abs(seconds) >= each) ?? [1, 'second' as const];
  return format.format(Math.trunc(seconds / size), unit);
}

/** `2 days, 3 hours`: the two largest units. */
export function duration(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, Math.floor(seconds));
  for (const [size, unit] of [...STEPS, [1, 'second'] as const]) {
    const whole = Math.floor(rest / size);
    rest %= size;
    if (whole === 0 || parts.length === 2) continue;
    parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(whole));
  }
  return parts.length === 0
    ? new Intl.NumberFormat(locale, { style: 'unit', unit: 'second' }).format(0)
    : parts.join(', ');
}

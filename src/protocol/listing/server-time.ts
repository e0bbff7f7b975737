import type { ListedEntry, TimePrecision } from './listed-entry.ts';

/** A time as a listing shows it, in the server's own zone. */
export interface LocalTime {
  /** Four digits. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
}

export type Stamp = Required<Pick<ListedEntry, 'modified' | 'modifiedPrecision'>>;

export interface ServerTimeOptions {
  /** When the listing was made. */
  readonly now: Date;
  /** How far the server's clock is ahead of UTC. Default: 0. */
  readonly utcOffsetMinutes?: number;
}

const DAY_MS = 86_400_000;
/** The distance between two leap years may be as long. */
const LEAP_YEARS_APART = 8;

/** Makes points in time from what a server's clock shows. */
export class ServerTime {
  readonly #nowMs: number;
  readonly #offsetMs: number;

  constructor({ now, utcOffsetMinutes = 0 }: ServerTimeOptions) {
    this.#nowMs = now.getTime();
    this.#offsetMs = utcOffsetMinutes * 60_000;
  }

  /** Undefined for what is no time of the calendar. */
  at(time: LocalTime, offsetMs = this.#offsetMs): Stamp | undefined {
    const utcMs = calendarMs(time);
    if (utcMs === undefined) return undefined;
    return { modified: new Date(utcMs - offsetMs), modifiedPrecision: precisionOf(time) };
  }

  /**
   * A time that is shown without its year: the last one that is not more than a day ahead. Servers leave the year out
   * for the last half year; the day is for clocks and zones that differ.
   */
  recent(time: Omit<LocalTime, 'year'>): Stamp | undefined {
    const latestMs = this.#nowMs + DAY_MS;
    const latestYear = new Date(latestMs).getUTCFullYear() + 1;
    for (let year = latestYear; year >= latestYear - LEAP_YEARS_APART - 1; year -= 1) {
      const stamp = this.at({ ...time, year });
      if (stamp !== undefined && stamp.modified.getTime() <= latestMs) return stamp;
    }
    return undefined;
  }
}

function precisionOf({ minute, second }: LocalTime): TimePrecision {
  if (second !== undefined) return 'second';
  return minute === undefined ? 'day' : 'minute';
}

function calendarMs({ year, month, day, hour = 0, minute = 0, second = 0 }: LocalTime): number | undefined {
  const isMidnight = hour === 24 && minute === 0 && second === 0;
  if (!(year >= 100 && year <= 9999) || (hour > 23 && !isMidnight) || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date takes 30 February for 1 March; only what comes out unchanged was a day of the calendar.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000
    : undefined;
}

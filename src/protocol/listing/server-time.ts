import type { ListedEntry, TimePrecision } from './listed-entry.ts';

/** A time as a listing shows it, in the time zone of the server. */
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
  /** The time of the listing, by the clock of the client. */
  readonly now: Date;
  /** How far local time on the server is ahead of UTC. Default: 0. */
  readonly utcOffsetMinutes?: number;
}

const DAY_MS = 86_400_000;
/** The longest time between two leap years, as from 1896 to 1904. */
const LEAP_YEARS_APART = 8;

/** Converts the local times of a server. */
export class ServerTime {
  readonly #nowMs: number;
  readonly #offsetMs: number;

  constructor({ now, utcOffsetMinutes = 0 }: ServerTimeOptions) {
    this.#nowMs = now.getTime();
    this.#offsetMs = utcOffsetMinutes * 60_000;
  }

  /** Returns undefined for a time that the calendar does not have, such as 30 February. */
  at(time: LocalTime, offsetMs = this.#offsetMs): Stamp | undefined {
    const utcMs = calendarMs(time);
    if (utcMs === undefined) return undefined;
    return { modified: new Date(utcMs - offsetMs), modifiedPrecision: precisionOf(time) };
  }

  /**
   * Converts a time without a year into the latest such time that is at most one day ahead of the listing. Servers omit
   * the year of times in the last half year. The day allows for different clocks and time zones.
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
  // `Date` turns 30 February into 1 March: a day exists only if it comes back unchanged.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000
    : undefined;
}

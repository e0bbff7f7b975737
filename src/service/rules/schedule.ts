import { createRequire } from 'node:module';
import type * as Croner from 'croner';

const require = createRequire(import.meta.url);

/** By how much clocks are put forward or back at the most. */
const MAX_SHIFT_MS = 10_800_000;
const DAY_MS = 86_400_000;
/** An expression that has come so often in a day comes no more often. */
const MAX_MISSED = 1440;

/** When a rule is due: five fields as crontab(5) has them, in a time zone. */
export interface Schedule {
  /** The first time behind a moment, in ms since 1970; undefined: never. */
  next(after: number): number | undefined;
}

/**
 * Reads a schedule. Where clocks are put forward, what would come in the hour that is missing comes at its end, once. Where they are
 * put back, what comes at certain hours comes in the first of the two; what comes in every hour comes in both.
 * @throws Error where there is no such expression or zone, or it never comes
 */
export function readSchedule(at: string, timeZone: string): Schedule {
  // Only who has a schedule pays for loading it.
  const { Cron } = require('croner') as typeof Croner;
  const fields = at.trim().split(/ +/);
  if (fields.length !== 5) throw new Error('it has not five fields');
  const isOfEachHour = fields[1] === '*';
  const cron = new Cron(fields.join(' '), {
    mode: '5-part',
    paused: true,
    timezone: isOfEachHour ? timeZone : 'UTC',
  });
  const clock = new WallClock(timeZone);
  const next = (after: number) => cron.nextRun(new Date(after))?.getTime();
  const schedule: Schedule = isOfEachHour
    ? { next }
    : {
        // The expression is followed on the clock on the wall, which is no different from UTC.
        next(after) {
          let wall = next(after + clock.offset(after) - MAX_SHIFT_MS);
          while (wall !== undefined && clock.moment(wall) <= after) wall = next(wall);
          return wall === undefined ? undefined : clock.moment(wall);
        },
      };
  if (schedule.next(Date.now()) === undefined) throw new Error('it never comes');
  return schedule;
}

/** The last time of a schedule behind `last` and up to `now`: of several that were missed, one. */
export function latestDue(schedule: Schedule, last: number, now: number): number | undefined {
  const recent = schedule.next(Math.max(last, now - DAY_MS));
  let due = recent !== undefined && recent <= now ? recent : schedule.next(last);
  if (due === undefined || due > now) return undefined;
  for (let count = 0; count < MAX_MISSED; count += 1) {
    const later = schedule.next(due);
    if (later === undefined || later > now) break;
    due = later;
  }
  return due;
}

/** What the clocks of a zone show, as if it were UTC, in ms. */
class WallClock {
  readonly #format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    const two = '2-digit';
    const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields });
  }

  /** By how much they are ahead of UTC. */
  offset(moment: number): number {
    const whole = Math.floor(moment / 1000) * 1000;
    const parts = new Map(this.#format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - whole;
  }

  /** When they first show that; the moment at which they jump over it, where they never do. */
  moment(wall: number): number {
    const [before, after] = [this.offset(wall - DAY_MS), this.offset(wall + DAY_MS)];
    const found = [wall - Math.max(before, after), wall - Math.min(before, after)].find(
      (moment) => moment + this.offset(moment) === wall,
    );
    return found ?? this.#jumpIn(wall - after, wall - before);
  }

  #jumpIn(low: number, high: number): number {
    const before = this.offset(low);
    let [from, to] = [low, high];
    while (to - from > 1000) {
      const middle = from + Math.floor((to - from) / 2000) * 1000;
      if (this.offset(middle) === before) from = middle;
      else to = middle;
    }
    return to;
  }
}

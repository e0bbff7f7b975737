import type { Publish } from '../../core/index.ts';
import { latestDue, readSchedule, type Schedule } from '../rules/index.ts';
import type { Told } from './told.ts';

/** A clock that was wrong by more begins its schedules anew once it is set right. */
const MAX_AHEAD_MS = 3_600_000;

/** A rule with a schedule. */
export interface ScheduledRule {
  readonly name: string;
  readonly at: string;
  readonly timeZone: string;
  readonly missed: 'once' | 'skip';
}

export interface ScheduleWatchParts {
  readonly rules: () => readonly ScheduledRule[];
  /** Whether what is told can't be recorded now. */
  readonly isHalted: () => boolean;
  readonly told: Told;
  readonly publish: Publish;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** Tells when rules are due. Of several times that were missed, one is told. */
export class ScheduleWatch {
  readonly #parts: ScheduleWatchParts;
  /** Of each rule that was looked at. */
  readonly #looked = new Map<string, Looked>();

  constructor(parts: ScheduleWatchParts) {
    this.#parts = parts;
  }

  /** For rules that may have changed. */
  reloaded(): void {
    this.#parts.told.keepSchedules(new Set(this.#parts.rules().map(({ name }) => name)));
    this.look();
  }

  look(): void {
    if (this.#parts.isHalted()) return;
    for (const rule of this.#parts.rules()) this.#lookAt(rule);
  }

  #lookAt(rule: ScheduledRule): void {
    const { told, publish, now: clock } = this.#parts;
    const { name, at, timeZone, missed } = rule;
    const now = clock();
    const key = `${at} ${timeZone}`;
    const before = told.schedule(name);
    const isKnown = before?.schedule === key && before.last <= now + MAX_AHEAD_MS;
    const last = isKnown ? before.last : now;
    if (!isKnown) told.setSchedule(name, { schedule: key, last });
    const looked = this.#looked.get(name);
    const schedule = looked?.key === key ? looked.schedule : readSchedule(at, timeZone);
    const next = looked?.key === key && looked.last === last ? looked.next : (schedule.next(last) ?? Infinity);
    this.#looked.set(name, { key, last, schedule, next });
    if (next > now) return;
    if (!looked && missed === 'skip') {
      told.setSchedule(name, { schedule: key, last: now });
      return;
    }
    const due = latestDue(schedule, last, now) ?? next;
    publish({ event: 'schedule.due', rule: name, due: new Date(due), schedule: at, timeZone });
    told.setSchedule(name, { schedule: key, last: due });
  }
}

interface Looked {
  readonly key: string;
  readonly schedule: Schedule;
  readonly last: number;
  /** When it is due next. */
  readonly next: number;
}

import type { EventSink, ServerEvent, SessionInfo } from '../../core/index.ts';

/** The events that this hears. */
export const ACTIVITY_EVENTS = [
  'transfer.finished',
  'login.succeeded',
  'login.failed',
  'session.refused',
  'command.refused',
  'data.refused',
] as const;

const STEP_MS = 60_000;
/** Whole minutes before the present one. */
const STEPS = 60;

interface Counts {
  upload: number;
  /** Listings among them. */
  download: number;
  logins: number;
  failedLogins: number;
  refusals: number;
}

/** What happened in a minute. Bytes are those that moved in it. */
export interface ActivityStep extends Readonly<Counts> {
  /** When the minute began, in ISO 8601. */
  readonly at: string;
}

/** What happened in the last hour, minute by minute, from whichever process. It takes the same memory however much that was. */
export class RecentActivity {
  readonly #now: () => number;
  readonly #steps = new Map<number, Counts>();

  /** @param now in ms since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  readonly hear: EventSink = (event: ServerEvent) => {
    const now = this.#now();
    this.#forgetBefore(now);
    if (event.event === 'transfer.finished') {
      const { direction, bytes, durationMs } = event;
      spread(bytes, now - durationMs, now, (step, part) => {
        this.#at(step)[direction === 'upload' ? 'upload' : 'download'] += part;
      });
      return;
    }
    const count = COUNTED_AS[event.event];
    if (count) this.#at(stepOf(now))[count] += 1;
  };

  /** The last hour, the oldest minute first; the present one is the last. Transfers that run count with what they have moved. */
  series(sessions: readonly SessionInfo[]): readonly ActivityStep[] {
    const now = this.#now();
    this.#forgetBefore(now);
    const running = new Map<number, { upload: number; download: number }>();
    for (const { transfer } of sessions) {
      if (!transfer) continue;
      spread(transfer.bytes, transfer.since, now, (step, part) => {
        const moved = running.get(step) ?? { upload: 0, download: 0 };
        moved[transfer.direction === 'upload' ? 'upload' : 'download'] += part;
        running.set(step, moved);
      });
    }
    const last = stepOf(now);
    return Array.from({ length: STEPS + 1 }, (_, index) => {
      const step = last - STEPS + index;
      const { upload, download, ...counts } = this.#steps.get(step) ?? nothing();
      const moved = running.get(step) ?? { upload: 0, download: 0 };
      return {
        at: new Date(step * STEP_MS).toISOString(),
        upload: Math.round(upload + moved.upload),
        download: Math.round(download + moved.download),
        ...counts,
      };
    });
  }

  #at(step: number): Counts {
    const counts = this.#steps.get(step) ?? nothing();
    this.#steps.set(step, counts);
    return counts;
  }

  /** A clock that went back leaves minutes to come, which go as well. */
  #forgetBefore(now: number): void {
    const last = stepOf(now);
    for (const step of this.#steps.keys()) if (step < last - STEPS || step > last) this.#steps.delete(step);
  }
}

const COUNTED_AS: { readonly [name in ServerEvent['event']]?: 'logins' | 'failedLogins' | 'refusals' } = {
  'login.succeeded': 'logins',
  'login.failed': 'failedLogins',
  'session.refused': 'refusals',
  'command.refused': 'refusals',
  'data.refused': 'refusals',
};

/** Gives each minute of a transfer that is still shown its part of the bytes. */
function spread(bytes: number, since: number, end: number, add: (step: number, part: number) => void): void {
  const began = Math.min(since, end - 1);
  for (let step = Math.max(stepOf(began), stepOf(end) - STEPS); step <= stepOf(end); step += 1) {
    const overlap = Math.min(end, (step + 1) * STEP_MS) - Math.max(began, step * STEP_MS);
    add(step, (bytes * overlap) / (end - began));
  }
}

function stepOf(time: number): number {
  return Math.floor(time / STEP_MS);
}

function nothing(): Counts {
  return { upload: 0, download: 0, logins: 0, failedLogins: 0, refusals: 0 };
}

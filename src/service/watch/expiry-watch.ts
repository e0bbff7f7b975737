import type { Expiry, Publish } from '../../core/index.ts';
import type { Expiring } from '../expiry/expiring.ts';
import { expiryKey, type Told } from './told.ts';

const DAY_MS = 86_400_000;
/** What ended before that is told of no more: a server that learns marks has accounts of years ago. */
const LATE_MS = 7 * DAY_MS;

export interface ExpiryWatchParts {
  readonly expiring: () => AsyncIterable<Expiring>;
  /** In days before the end. */
  readonly marks: () => Iterable<number>;
  /** Whether what is told can't be recorded now. */
  readonly isHalted: () => boolean;
  readonly told: Told;
  readonly publish: Publish;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** Tells what expires once at each mark. What has another end then, or is another certificate, begins anew. */
export class ExpiryWatch {
  readonly #parts: ExpiryWatchParts;

  constructor(parts: ExpiryWatchParts) {
    this.#parts = parts;
  }

  async look(signal: AbortSignal): Promise<void> {
    const { expiring, marks, isHalted, told } = this.#parts;
    const all = [...new Set(marks())].toSorted((one, other) => other - one);
    const seen = new Set<string>();
    for await (const each of expiring()) {
      if (signal.aborted || isHalted()) return;
      const key = keyOf(each);
      seen.add(key);
      this.#compare(each, key, all);
    }
    told.keepExpiries(seen);
  }

  #compare(expiring: Expiring, key: string, all: readonly number[]): void {
    const { told, publish, now } = this.#parts;
    const { expires } = expiring;
    const left = expires.getTime() - now();
    if (left < -LATE_MS) return;
    const until = expires.toISOString();
    const before = told.expiry(key);
    const last = before?.until === until ? before.mark : Infinity;
    const marks = all.filter((mark) => left <= mark * DAY_MS && mark < last);
    const nearest = marks.at(-1);
    if (nearest === undefined) return;
    publishExpiry(publish, expiring, { expires, days: Math.ceil(left / DAY_MS), marks });
    told.setExpiry(key, { until, mark: nearest });
  }
}

function keyOf(expiring: Expiring): string {
  const of = expiring.what === 'certificate' ? expiring.certificate.fingerprint : expiring.account.name;
  return expiryKey(`${expiring.what}.expires`, of) ?? of;
}

function publishExpiry(publish: Publish, expiring: Expiring, expiry: Expiry): void {
  switch (expiring.what) {
    case 'account':
      return publish({ event: 'account.expires', account: expiring.account.name, ...expiry });
    case 'password':
      return publish({ event: 'password.expires', account: expiring.account.name, ...expiry });
    case 'certificate': {
      const { subject, fingerprint } = expiring.certificate;
      return publish({ event: 'certificate.expires', certificate: subject, fingerprint, ...expiry });
    }
  }
}

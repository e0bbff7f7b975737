import type { VirtualPath } from './path.ts';

/** What no client has done: the service finds it when it looks at itself. Each is told once, through restarts. */
export type WatchedEvent =
  | ({ readonly event: 'quota.passed' } & QuotaPassed)
  | ({ readonly event: 'account.expires'; readonly account: string } & Expiry)
  | ({ readonly event: 'password.expires'; readonly account: string } & Expiry)
  /** @property certificate its subject @property fingerprint SHA-256, `AB:CD:...` */
  | ({ readonly event: 'certificate.expires'; readonly certificate: string; readonly fingerprint: string } & Expiry)
  | ({ readonly event: 'trouble.began' } & Trouble)
  | ({ readonly event: 'trouble.ended' } & Trouble)
  /** @property schedule by which the rule was due: five fields as crontab(5) has them, in a time zone */
  | {
      readonly event: 'schedule.due';
      readonly rule: string;
      readonly due: Date;
      readonly schedule: string;
      readonly timeZone: string;
    };

/** What an account uses has passed marks of its quota, upwards. */
interface QuotaPassed {
  readonly account: string;
  readonly home: VirtualPath;
  /** The highest of the marks. */
  readonly percent: number;
  /** In percent, the lowest first. */
  readonly marks: readonly number[];
  readonly bytes: number;
  readonly files: number;
  readonly maxBytes?: number | undefined;
  readonly maxFiles?: number | undefined;
}

/** Something of the service that somebody should do something about. */
export interface Trouble {
  /** Of this event: its record may come late, or be lost, where the trouble is that of the audit trail. */
  readonly id: string;
  /** As `lockport status` has it. */
  readonly code: string;
  /** The storage, the log or the rule that it is about. */
  readonly about?: string | undefined;
  readonly reason: string;
}

/** Something ends, and has come nearer to its end than some marks. */
export interface Expiry {
  readonly expires: Date;
  /** Those that are left, one that has begun included; 0 or less: it has ended. */
  readonly days: number;
  /** In days before the end, the highest first. */
  readonly marks: readonly number[];
}

const NAMES: { readonly [Name in WatchedEvent['event']]: true } = {
  'quota.passed': true,
  'account.expires': true,
  'password.expires': true,
  'certificate.expires': true,
  'schedule.due': true,
  'trouble.began': true,
  'trouble.ended': true,
};

/** The names of these events. */
export const WATCHED_EVENTS: ReadonlySet<string> = new Set(Object.keys(NAMES));

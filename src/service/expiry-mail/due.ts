import { createHash } from 'node:crypto';
import type { Mail } from '../mail/mailer.ts';

const DAY_MS = 86_400_000;
/** Somebody who was away for a week is still told of the end. */
const LATE_MS = 7 * DAY_MS;

/** Something that has an end, and who is told of it. */
export interface AddressedExpiry {
  readonly what: 'account' | 'password' | 'certificate';
  /** The name of the account, or the fingerprint of the certificate. */
  readonly of: string;
  readonly expires: Date;
  readonly to: readonly string[];
  /** What to do, as a sentence. */
  readonly advice: string;
}

/** An e-mail that is due, and what is settled by it. */
export interface DueMail {
  readonly mail: Mail;
  /** Each is told once. The e-mail of the day settles the one before it, too. */
  readonly keys: readonly [present: string, ...settled: string[]];
}

/** What is due of something now. Another end of the same thing is told anew. */
export function dueMail(expiring: AddressedExpiry, daysBefore: number, now: number): DueMail | undefined {
  const { what, of, expires, to, advice } = expiring;
  const left = expires.getTime() - now;
  if (left > daysBefore * DAY_MS || left < -LATE_MS) return undefined;
  const keyOf = (stage: 'before' | 'day') => `expiry:${what}:${of}:${expires.toISOString()}:${stage}`;
  const key = left > DAY_MS ? keyOf('before') : keyOf('day');
  const noun =
    what === 'certificate' ? 'The certificate' : what === 'account' ? 'The account' : 'The password of the account';
  const when = left > 0 ? 'expires' : 'has expired';
  return {
    mail: {
      to,
      subject: `${noun} ${of} ${when} ${left > 0 ? `on ${expires.toISOString().slice(0, 10)}` : ''}`.trim(),
      text: `${noun} ${of} ${when} at ${expires.toISOString()}.\n${advice}\n`,
      id: createHash('sha256').update(key).digest('hex').slice(0, 32),
    },
    keys: left > DAY_MS ? [key] : [key, keyOf('before')],
  };
}

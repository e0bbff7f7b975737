import type { EventSink } from '../core/index.ts';
import type { BackgroundWriter } from '../database/index.ts';

/** Often enough for people, and seldom enough that a client which signs in for each file does not write each time. */
const EVERY_MS = 60_000;

/** Notes in the database when accounts sign in, to the minute. */
export function recordLogins(writer: BackgroundWriter): EventSink {
  const recordedAt = new Map<string, number>();
  return (event) => {
    if (event.event !== 'login.succeeded' || event.account === undefined) return;
    const now = performance.now();
    if (now - (recordedAt.get(event.account) ?? -Infinity) < EVERY_MS) return;
    recordedAt.set(event.account, now);
    writer.recordLogin(event.account);
  };
}

/** Keeps bans over a restart. */
export function recordBans(writer: BackgroundWriter): EventSink {
  return (event) => {
    if (event.event === 'address.banned') writer.saveBan({ network: event.network, until: event.until });
  };
}

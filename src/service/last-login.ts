import type { BackgroundWriter } from '../database/index.ts';

/** Often enough for people, and seldom enough that a client which signs in for each file does not write each time. */
const EVERY_MS = 60_000;

/** Notes in the database when accounts sign in, to the minute. */
export function recordLogins(writer: BackgroundWriter): (account: string) => void {
  const recordedAt = new Map<string, number>();
  return (account) => {
    const now = performance.now();
    if (now - (recordedAt.get(account) ?? -Infinity) < EVERY_MS) return;
    recordedAt.set(account, now);
    writer.recordLogin(account);
  };
}

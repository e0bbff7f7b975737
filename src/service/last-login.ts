import type { EventSink } from '../core/index.ts';
import type { Accounts } from '../database/index.ts';

/** Often enough for people, and seldom enough that a client which signs in for each file does not write each time. */
const EVERY_MS = 60_000;

/** Notes in the database when accounts sign in, to the minute. `onEvent` hears where that fails. */
export function recordLogins(accounts: Accounts, onEvent: EventSink): (account: string) => void {
  const recordedAt = new Map<string, number>();
  return (account) => {
    const now = performance.now();
    if (now - (recordedAt.get(account) ?? -Infinity) < EVERY_MS) return;
    recordedAt.set(account, now);
    try {
      accounts.recordLogin(account);
    } catch (error) {
      const message = 'The time of a login could not be noted';
      onEvent({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
  };
}

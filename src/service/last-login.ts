import type { EventSink } from '../core/index.ts';
import type { Accounts } from '../database/index.ts';

/** Often enough for people, and seldom enough that a client which signs in for each file does not write each time. */
const EVERY_MS = 60_000;

/** Notes in the database when accounts sign in, to the minute. `onEvent` hears where that fails. */
export function recordLogins(accounts: Accounts, onEvent: EventSink): EventSink {
  const recordedAt = new Map<string, number>();
  return (event) => {
    if (event.event !== 'login.succeeded') return;
    const now = performance.now();
    if (now - (recordedAt.get(event.user) ?? -Infinity) < EVERY_MS) return;
    recordedAt.set(event.user, now);
    try {
      accounts.recordLogin(event.user);
    } catch (error) {
      const message = 'The time of a login could not be noted';
      onEvent({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
  };
}

import type { Publish } from '../core/index.ts';
import type { Database } from '../database/index.ts';
import type { SessionControl } from '../identity/index.ts';

/** How often notices are looked for: one row of an index, which no writer can make wait. */
const EVERY_MS = 250;

/** Ends sessions as the notices in the database say, from now on, until it is disposed. */
export function heedNotices({ notices, accounts }: Database, sessions: SessionControl, log: Publish): Disposable {
  let heeded = notices.latest();
  let isFailing = false;

  function look(): void {
    for (const { number, account, ends } of notices.after(heeded)) {
      // First: an account that can't be read must not hold up the notices behind it.
      heeded = number;
      if (ends === undefined) sessions.setExpiry(account, accounts.find(account)?.account.expires);
      else sessions.endSessions(account, ends);
    }
  }

  const timer = setInterval(() => {
    try {
      look();
      isFailing = false;
    } catch (error) {
      const message = 'Changes of accounts can not be read: open sessions go on for now';
      if (!isFailing) log({ event: 'warning', message, ...(error instanceof Error && { error }) });
      isFailing = true;
    }
  }, EVERY_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

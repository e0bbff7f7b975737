import type { Publish } from '../core/index.ts';
import type { Database } from '../database/index.ts';
import type { SessionControl } from '../identity/index.ts';

/** How often notices are looked for: one row of an index, which no writer can make wait. */
const EVERY_MS = 250;

/** Ends sessions as the notices in the database say, from now on, until it is disposed. */
export function heedNotices({ notices, accounts }: Database, sessions: SessionControl, log: Publish): Disposable {
  let heeded = notices.latest();
  /** Accounts whose new expiry has still to be read. One that can't be read is asked for again, and holds up no other. */
  const unread = new Set<string>();
  let isFailing = false;

  function look(): void {
    for (const { number, account, ends } of notices.after(heeded)) {
      if (ends === undefined) unread.add(account);
      else sessions.endSessions(account, ends);
      heeded = number;
    }
  }

  function readExpiry(account: string): void {
    sessions.setExpiry(account, accounts.find(account)?.account.expires);
    unread.delete(account);
  }

  const timer = setInterval(() => {
    const failures = [...failureOf(look)];
    for (const account of unread) failures.push(...failureOf(() => readExpiry(account)));
    const message = 'Changes of accounts can not be read: open sessions go on for now';
    const [error] = failures;
    if (failures.length > 0 && !isFailing) {
      log({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
    isFailing = failures.length > 0;
  }, EVERY_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function failureOf(work: () => void): readonly unknown[] {
  try {
    work();
    return [];
  } catch (error) {
    return [error];
  }
}

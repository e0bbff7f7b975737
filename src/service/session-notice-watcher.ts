import { setInterval } from 'node:timers/promises';
import { type AccountStore, background, type Publish } from '../core/index.ts';
import type { SessionControl } from '../identity/index.ts';

/** How often the store is asked for notices. The query reads one row of an index and never waits for a writer. */
const EVERY_MS = 250;

/** Ends open sessions when the store has a notice for their account, until it is disposed. */
export async function watchSessionNotices(
  accounts: AccountStore,
  control: SessionControl,
  log: Publish,
): Promise<Disposable> {
  const stop = new AbortController();
  let latest = await accounts.notices.latest();
  /** Accounts whose new expiry is still to be read. A failed read is tried again and does not delay other accounts. */
  const unread = new Set<string>();
  let isFailing = false;
  /** A change of a group has more notices than the store gives at once. */
  let hasMore = false;

  async function applyNotices(): Promise<void> {
    const notices = await accounts.notices.after(latest);
    for (const { number, account, ends } of notices) {
      if (ends === undefined) unread.add(account);
      else control.endSessions(account, ends);
      latest = number;
    }
    hasMore = notices.length > 0;
  }

  async function readExpiry(name: string): Promise<void> {
    const record = await accounts.find(name);
    if (stop.signal.aborted) return;
    control.setExpiry(name, record?.account.expires);
    unread.delete(name);
  }

  function report(failures: readonly unknown[]): void {
    const message = 'Changes of accounts can not be read: open sessions go on for now';
    const [error] = failures;
    if (failures.length > 0 && !isFailing) {
      log({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
    isFailing = failures.length > 0;
  }

  async function watch(): Promise<void> {
    for await (const _ of setInterval(EVERY_MS, undefined, { ref: false, signal: stop.signal })) {
      do {
        hasMore = false;
        const failures = [...(await failureOf(applyNotices()))];
        for (const name of unread) failures.push(...(await failureOf(readExpiry(name))));
        // After the stop the database may be closed: its errors then mean nothing.
        if (!stop.signal.aborted) report(failures);
      } while (hasMore && !stop.signal.aborted);
    }
  }

  background(watch(), (error) => {
    if (!stop.signal.aborted) report([error]);
  });
  return { [Symbol.dispose]: () => stop.abort() };
}

async function failureOf(work: Promise<void>): Promise<readonly unknown[]> {
  try {
    await work;
    return [];
  } catch (error) {
    return [error];
  }
}

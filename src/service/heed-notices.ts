import { setInterval } from 'node:timers/promises';
import { type AccountStore, background, type Publish } from '../core/index.ts';
import type { SessionControl } from '../identity/index.ts';

/** How often notices are looked for: one row of an index, which no writer can make wait. */
const EVERY_MS = 250;

/** Ends sessions as the notices of the store say, from now on, until it is disposed. */
export async function heedNotices(accounts: AccountStore, sessions: SessionControl, log: Publish): Promise<Disposable> {
  const stop = new AbortController();
  let heeded = await accounts.notices.latest();
  /** Accounts whose new expiry has still to be read. One that can't be read is asked for again, and holds up no other. */
  const unread = new Set<string>();
  let isFailing = false;

  async function look(): Promise<void> {
    for (const { number, account, ends } of await accounts.notices.after(heeded)) {
      if (ends === undefined) unread.add(account);
      else sessions.endSessions(account, ends);
      heeded = number;
    }
  }

  async function readExpiry(name: string): Promise<void> {
    const record = await accounts.find(name);
    if (stop.signal.aborted) return;
    sessions.setExpiry(name, record?.account.expires);
    unread.delete(name);
  }

  function tell(failures: readonly unknown[]): void {
    const message = 'Changes of accounts can not be read: open sessions go on for now';
    const [error] = failures;
    if (failures.length > 0 && !isFailing) {
      log({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
    isFailing = failures.length > 0;
  }

  async function heed(): Promise<void> {
    for await (const _ of setInterval(EVERY_MS, undefined, { ref: false, signal: stop.signal })) {
      const failures = [...(await failureOf(look()))];
      for (const name of unread) failures.push(...(await failureOf(readExpiry(name))));
      // Between the end and this there may be a closed database.
      if (!stop.signal.aborted) tell(failures);
    }
  }

  background(heed(), (error) => {
    if (!stop.signal.aborted) tell([error]);
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

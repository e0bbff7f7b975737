import { type AccountStore, type BanStore, background, type EventSink, type Publish } from '../core/index.ts';

/** Often enough for people, and seldom enough that a client which signs in for each file does not write each time. */
const EVERY_MS = 60_000;

/** Notes in the store when accounts sign in, to the minute. */
export function recordLogins(accounts: AccountStore, publish: Publish): EventSink {
  const recordedAt = new Map<string, number>();
  return (event) => {
    if (event.event !== 'login.succeeded' || event.account === undefined) return;
    const { account } = event;
    const now = performance.now();
    if (now - (recordedAt.get(account) ?? -Infinity) < EVERY_MS) return;
    recordedAt.set(account, now);
    background(accounts.recordLogin(account), (error) => warn(publish, `The login of ${account} was not noted`, error));
  };
}

/** Keeps bans over a restart. */
export function recordBans(bans: BanStore, publish: Publish): EventSink {
  return (event) => {
    if (event.event !== 'address.banned') return;
    const { network, until } = event;
    background(bans.save({ network, until }), (error) =>
      warn(publish, `The ban of ${network} will not outlive a restart`, error),
    );
  };
}

function warn(publish: Publish, message: string, error: unknown): void {
  publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
}

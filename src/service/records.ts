import { type AccountStore, type Ban, type BanStore, background, type EventSink, type Publish } from '../core/index.ts';
import { type PasswordRules, passwordExpiry } from './password-rules.ts';

/** Often enough for people, and seldom enough that a client which signs in for each file does not write each time. */
const EVERY_MS = 60_000;

/** Notes in the store when accounts sign in, to the minute, and by what TLS. */
export function recordLogins(accounts: AccountStore, publish: Publish): EventSink {
  const recordedAt = new Map<string, number>();
  return (event) => {
    if (event.event !== 'login.succeeded' || event.account === undefined) return;
    const { account, tls } = event;
    const now = performance.now();
    if (now - (recordedAt.get(account) ?? -Infinity) < EVERY_MS) return;
    recordedAt.set(account, now);
    background(accounts.recordLogin(account, tls), (error) =>
      warn(publish, `The login of ${account} was not noted`, error),
    );
  };
}

/** So long before a password expires, and so often, the operator is told. */
const WARNED_BEFORE_MS = 14 * 86_400_000;
const WARNED_EVERY_MS = 86_400_000;

/** Tells, once a day for each account, that the password that was used to sign in expires soon. */
export function warnOfOldPasswords(accounts: AccountStore, rules: () => PasswordRules, publish: Publish): EventSink {
  const toldAt = new Map<string, number>();

  async function look(name: string): Promise<void> {
    const record = await accounts.find(name);
    const expires = record && passwordExpiry(rules(), record);
    if (!expires || expires.getTime() - Date.now() > WARNED_BEFORE_MS) return;
    toldAt.set(name, performance.now());
    const way = `set another by "lockport user passwd ${name}"`;
    publish({ event: 'notice', message: `The password of ${name} expires at ${expires.toISOString()}: ${way}` });
  }

  return (event) => {
    if (event.event !== 'login.succeeded' || event.method !== 'password' || event.account === undefined) return;
    const { account } = event;
    if (rules().maxAge === undefined) return;
    if (performance.now() - (toldAt.get(account) ?? -Infinity) < WARNED_EVERY_MS) return;
    background(look(account), (error) => warn(publish, `The age of the password of ${account} was not read`, error));
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

/** Those that still hold. */
export async function bansOf(store: BanStore, log: Publish): Promise<readonly Ban[]> {
  try {
    return await store.load();
  } catch (error) {
    warn(log, 'Bans of before could not be read', error);
    return [];
  }
}

function warn(publish: Publish, message: string, error: unknown): void {
  publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
}

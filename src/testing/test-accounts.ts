import { type Account, type Limits, type Publish, ROOT, type Storage } from '../core/index.ts';
import { accountFiles, QuotaCounters } from '../files/index.ts';
import type { createGatekeeper } from '../identity/index.ts';

/** Failed logins have no delay, and no ban comes of them. */
export const PATIENT: Partial<Limits> = {
  failedLoginDelayMs: 0,
  maxFailedLoginDelayMs: 0,
  banAfterFailedLogins: 1_000_000,
};

type OpenFiles = Parameters<typeof createGatekeeper>[0]['openFiles'];

/** Gives each account that storage as its home, and publishes what changes in it. */
export function homesIn(storage: Storage, publish: Publish): OpenFiles {
  const counters = new QuotaCounters(storage);
  return async (account: Account, { session, protocol, address }) =>
    accountFiles({
      mounts: [{ at: ROOT, storage }],
      account,
      counters,
      onChange: (change) =>
        publish({ event: 'file.changed', ...change, session, protocol, address, account: account.name }),
    });
}

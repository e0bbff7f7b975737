import {
  type AccountStore,
  type Ban,
  type Gatekeeper,
  type Publish,
  provides,
  ROOT,
  type Storage,
} from '../core/index.ts';
import type { Database } from '../database/index.ts';
import { accountFiles, type QuotaCounter, QuotaCounters, type QuotaOwner } from '../files/index.ts';
import {
  type AdmissionControl,
  type AdmissionControlOptions,
  createAdmissionControl,
  createPasswordChecker,
  type FindAccount,
  gatekeeperOver,
  passwordAuthenticator,
  type SessionControl,
} from '../identity/index.ts';
import { type ConcurrencyLimiter, KeyedLimiter, OpenSessions, type SessionRegister } from '../server/index.ts';
import { createRateLimiter } from '../transport/index.ts';
import type { Configuration } from './configuration/index.ts';
import { recountRequest } from './recount.ts';

/** What all sessions of a service share, in whichever process they run: whatever must be counted once. */
export interface Shared {
  readonly admission: AdmissionControl;
  /** For the hashes that are computed for each account. */
  readonly digests: ConcurrencyLimiter;
  readonly sessions: SessionRegister;
  /** The counters of all quotas. */
  readonly counters: { of(owner: QuotaOwner): QuotaCounter };
}

/** What is shared, kept in this process. */
export interface SharedHere extends Shared {
  readonly sessions: OpenSessions;
  readonly counters: QuotaCounters;
  readonly control: SessionControl;
}

interface SharedParts {
  readonly storage: Storage;
  /** Those of an earlier run. */
  readonly bans: Iterable<Ban>;
  /** The rules of TLS that hold now, for accounts that have none of their own. */
  readonly rules: () => Pick<Configuration['tls'], 'endOfStream'>;
  readonly publish: Publish;
}

export function createShared(
  { limits }: Configuration,
  { accounts, meta }: Database,
  { storage, bans, rules, publish }: SharedParts,
): SharedHere {
  const find: FindAccount = async (name) => {
    const record = await accounts.find(name);
    if (!record) return undefined;
    const { endOfStream } = rules();
    // The server's rule, but where the account has its own: asked at each login, so that a reload counts.
    const { account, passwordHash } = record;
    return { account: { ...account, ftp: { endOfStream, ...account.ftp } }, passwordHash };
  };
  const admission: AdmissionControl & SessionControl = createAdmissionControl({
    authenticator: passwordAuthenticator(find, createPasswordChecker(limits)),
    makeRateLimiter: createRateLimiter,
    limits,
    publish,
    watch: watchNotices(accounts, (name, expires) => admission.setExpiry(name, expires)),
    bans,
  });
  return {
    admission,
    control: admission,
    digests: new KeyedLimiter(),
    sessions: new OpenSessions(),
    counters: new QuotaCounters(storage, { request: (home) => recountRequest(meta, home) }),
  };
}

/** The gatekeeper of one process: it gives an admitted session a view of the storage of that process. */
export function gatekeeperOf(shared: Shared, storage: Storage, publish: Publish): Gatekeeper {
  return gatekeeperOver(shared.admission, {
    can: (ability) => provides(storage, ability),
    openFiles: async (account, { session, protocol, address }) =>
      accountFiles({
        mounts: [{ at: ROOT, storage }],
        account,
        counters: shared.counters,
        onChange: (change) =>
          publish({ event: 'file.changed', ...change, session, protocol, address, account: account.name }),
      }),
  });
}

/** What changes the open sessions of an account keeps those out that were about to begin with what held before. */
function watchNotices(
  accounts: AccountStore,
  setExpiry: SessionControl['setExpiry'],
): NonNullable<AdmissionControlOptions['watch']> {
  return async () => {
    const before = await accounts.notices.latest();
    return async ({ name }) => {
      if (!(await accounts.notices.hasSince(name, before))) return undefined;
      // Who comes in brings the expiry that was read before, for all sessions of the account.
      setExpiry(name, (await accounts.find(name))?.account.expires);
      return { refused: 'unavailable', message: 'The account was changed at this moment: sign in again' };
    };
  };
}

import {
  type AccountStore,
  type Ban,
  type Gatekeeper,
  type Publish,
  provides,
  type ReceiptIssuer,
  type RecordStore,
} from '../core/index.ts';
import type { Database } from '../database/index.ts';
import { accountFiles, type QuotaCounter, QuotaCounters, type QuotaOwner } from '../files/index.ts';
import {
  type AdmissionControl,
  type AdmissionControlOptions,
  type BanControl,
  createAccountLock,
  createAdmissionControl,
  createPasswordChecker,
  createTotpCodes,
  type FindAccount,
  gatekeeperOver,
  type LoginJudge,
  passwordAuthenticator,
  type SessionControl,
} from '../identity/index.ts';
import { type ConcurrencyLimiter, KeyedLimiter, OpenSessions, type SessionRegister } from '../server/index.ts';
import { createRateLimiter } from '../transport/index.ts';
import type { Configuration } from './configuration/index.ts';
import type { Gates } from './gates/index.ts';
import { mountsOf, refusalWithout } from './mounts.ts';
import { earlierToKeep, type PasswordRules, passwordExpiry } from './password-rules.ts';
import { recountRequest } from './recount.ts';
import type { NamedStorages } from './storages.ts';

/** Where records are kept, and of which events their acknowledgement waits for the record. */
export interface AwaitedRecords extends RecordStore {
  readonly awaited: ReadonlySet<string>;
}

/** What all sessions of a service share, in whichever process they run: whatever must be counted once. */
export interface Shared {
  readonly admission: AdmissionControl;
  /** For the hashes that are computed for each account. */
  readonly digests: ConcurrencyLimiter;
  readonly sessions: SessionRegister;
  /** The counters of all quotas. */
  readonly counters: { of(owner: QuotaOwner): QuotaCounter };
  /** The audit trail. */
  readonly records?: AwaitedRecords | undefined;
  readonly receipts?: ReceiptIssuer | undefined;
}

/** What is shared, kept in this process. */
export interface SharedHere extends Shared {
  readonly sessions: OpenSessions;
  readonly counters: QuotaCounters;
  readonly control: SessionControl & BanControl & LoginJudge;
}

interface SharedParts {
  readonly storages: NamedStorages;
  /** Those of an earlier run. */
  readonly bans: Iterable<Ban>;
  /** The rules of TLS and of passwords that hold now, for accounts that have none of their own. */
  readonly rules: () => { readonly tls: Pick<Configuration['tls'], 'endOfStream'>; readonly passwords: PasswordRules };
  readonly records: AwaitedRecords | undefined;
  readonly receipts: ReceiptIssuer | undefined;
  readonly publish: Publish;
}

export function createShared(
  { limits }: Configuration,
  { accounts, meta }: Database,
  { storages, bans, rules, records, receipts, publish }: SharedParts,
): SharedHere {
  const find: FindAccount = async (name) => {
    const record = await accounts.find(name);
    if (!record) return undefined;
    const { tls, passwords } = rules();
    const { endOfStream } = tls;
    // The server's rule, but where the account has its own: asked at each login, so that a reload counts.
    const { account, passwordHash, lockedUntil, mustChangePassword, totpSecret, totpStep } = record;
    const passwordExpires = passwordExpiry(passwords, record);
    return {
      account: { ...account, ftp: { endOfStream, ...account.ftp } },
      passwordHash,
      mustChangePassword,
      ...(lockedUntil && { lockedUntil }),
      ...(passwordExpires && { passwordExpires }),
      ...(totpSecret !== undefined && { totp: { secret: totpSecret, usedStep: totpStep ?? 0 } }),
    };
  };
  const lockRules = () => ({ after: rules().passwords.lockAfter, forMs: rules().passwords.lockFor });
  // It is not stored: `user unlock` and `user show` are about passwords, and whoever has the key waits or uses those.
  const codeLock = createAccountLock(lockRules, limits, (name, until) => {
    const message = `Too many wrong codes behind a key or certificate of ${name}: none is taken there before ${until.toISOString()}`;
    publish({ event: 'warning', message });
    return undefined;
  });
  const lock = createAccountLock(lockRules, limits, async (locked, until) => {
    publish({ event: 'account.locked', locked, until });
    try {
      await accounts.setLock(locked, until);
    } catch (error) {
      const message = `The lock of ${locked} will not outlive a restart`;
      publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
      throw error;
    }
  });
  const admission: AdmissionControl & SharedHere['control'] = createAdmissionControl({
    authenticator: passwordAuthenticator(find, createPasswordChecker(limits), {
      lock,
      codeLock,
      codes: createTotpCodes(limits, (account, step) => accounts.recordTotpStep(account, step)),
      replaceHash: (account, from, to) => accounts.replacePasswordHash(account, from, to),
      own: {
        policy: () => rules().passwords,
        earlierHashes: (account) => accounts.earlierPasswordHashes(account),
        replace: (account, from, to) => accounts.changeOwnPassword(account, from, to, earlierToKeep(rules().passwords)),
      },
    }),
    makeRateLimiter: createRateLimiter,
    limits,
    publish,
    watch: watchAccounts(accounts, storages, (name, expires) => admission.setExpiry(name, expires)),
    bans,
  });
  return {
    admission,
    control: admission,
    digests: new KeyedLimiter(),
    sessions: new OpenSessions(),
    counters: new QuotaCounters(storages.default, { request: (home) => recountRequest(meta, home) }),
    records,
    receipts,
  };
}

/** The gatekeeper of one process: it gives an admitted session a view of the storages of that process. */
export function gatekeeperOf(shared: Shared, storages: NamedStorages, gates: Gates, publish: Publish): Gatekeeper {
  return gatekeeperOver(shared.admission, {
    can: (ability) => [...storages.byName.values()].some((storage) => provides(storage, ability)),
    openFiles: async (account, { session, protocol, address }) =>
      accountFiles({
        mounts: mountsOf(account, storages),
        account,
        counters: shared.counters,
        renameAcross: storages.renameAcross,
        gate: gates.of(account, { session, protocol, address }),
        onChange: (change) =>
          publish({ event: 'file.changed', ...change, session, protocol, address, account: account.name }),
      }),
  });
}

/**
 * What changes the open sessions of an account keeps those out that were about to begin with what held before. A storage
 * that is not there keeps out whoever mounts it.
 */
function watchAccounts(
  accounts: AccountStore,
  { byName }: NamedStorages,
  setExpiry: SessionControl['setExpiry'],
): NonNullable<AdmissionControlOptions['watch']> {
  return async () => {
    const before = await accounts.notices.latest();
    return async (account) => {
      const { name } = account;
      const refusal = refusalWithout(byName, account);
      if (refusal) return refusal;
      if (!(await accounts.notices.hasSince(name, before))) return undefined;
      // Who comes in brings the expiry that was read before, for all sessions of the account.
      setExpiry(name, (await accounts.find(name))?.account.expires);
      return { refused: 'unavailable', message: 'The account was changed at this moment: sign in again' };
    };
  };
}

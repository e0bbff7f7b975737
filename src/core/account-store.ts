import type { AccountGroup, EffectiveAccount, GroupSettings, OwnSettings } from './account/index.ts';
import type { AccountChanges, AccountRevision, GroupChanges, NewAccount, StoredAccounts } from './account-revision.ts';
import type { LoginTls } from './tls.ts';

/** A stored account. The hash is not a field of `account`, so that nothing shows it with the account. */
export interface AccountRecord extends EffectiveAccount {
  /** Empty: the account has no password, and every password is wrong. */
  readonly passwordHash: string;
  readonly createdAt: Date;
  /** When the account's settings last changed. */
  readonly updatedAt: Date;
  readonly passwordChangedAt: Date;
  /** Its holder must set another password before anything else. */
  readonly mustChangePassword: boolean;
  readonly lastLoginAt?: Date;
  /** Absent: not known, as of a login by an older Lockport, or by a front-end that has no TLS. */
  readonly lastLoginTls?: LoginTls;
  /** Until then every password of the account is refused, after too many wrong ones. It may lie in the past. */
  readonly lockedUntil?: Date;
  /** The shared secret of its authenticator (RFC 6238), in base32. */
  readonly totpSecret?: string;
  /** The newest time step whose code was used. Codes up to it are refused. */
  readonly totpStep?: number;
}

/** Whether the open sessions of an account go on although a right was taken away. Default: they end. */
export interface SessionsKept {
  readonly keepSessions?: boolean;
}

export interface PasswordChange extends SessionsKept {
  /** How many of its earlier passwords are remembered, as hashes. Default: none, and those that were are forgotten. */
  readonly keepEarlier?: number;
  /** Whether the holder of the account must set another one before anything else. Default: no. */
  readonly mustChange?: boolean;
}

/** A change of an account that its open sessions must follow. */
export interface SessionNotice {
  readonly number: number;
  readonly account: string;
  /** Why they end, for the log; undefined where only the account's expiry has changed. */
  readonly ends: string | undefined;
}

/**
 * Carries changes of accounts to the running servers, which may be other processes. The numbers of notices only grow. A
 * store may delete all but the last thousands.
 */
export interface SessionNotices {
  /** The number of the newest notice; 0 where there was none yet. */
  latest(): Promise<number>;
  /** The notices after `number`, oldest first. The store decides how many; it gives at least one where there is one. */
  after(number: number): Promise<readonly SessionNotice[]>;
  /** Whether there is a notice after `number` for the account. */
  hasSince(account: string, number: number): Promise<boolean>;
}

/** A stored group of accounts. */
export interface GroupRecord extends AccountGroup {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * Stores the groups of an `AccountStore`. A change that takes something away from accounts of the group writes their notices
 * in the same transaction. A change after which an account could not be read any more is refused.
 */
export interface GroupStore {
  /** @throws AccountStoreError `invalid-group` when what is stored cannot be read */
  find(name: string): Promise<GroupRecord | undefined>;
  /** The names of all groups, also of those that can't be read, in the order of code points. */
  names(): Promise<readonly string[]>;
  /** The names of the accounts of a group, in the order of code points. */
  members(name: string): Promise<readonly string[]>;
  /** @throws AccountStoreError `group-exists`, `invalid-group` */
  add(name: string, settings: GroupSettings): Promise<void>;
  /** Gives the names of the accounts whose sessions end. @throws AccountStoreError `no-such-group`, `invalid-group` */
  update(name: string, changes: GroupChanges, options?: SessionsKept): Promise<readonly string[]>;
  /** @throws AccountStoreError `no-such-group`, `group-in-use` */
  remove(name: string): Promise<void>;
}

/**
 * Stores accounts. Nothing is cached: another process may change an account at any time, and the next call sees it.
 * Names are unique and case-sensitive. A change that takes a right away writes a notice in the same transaction. A call
 * waits for other users of the store without blocking the process.
 *
 * An account is read together with its groups, as both are at one moment. One whose group is missing, or can't be read, can't
 * be read either: its groups may narrow what it may do.
 */
export interface AccountStore {
  readonly notices: SessionNotices;
  readonly groups: GroupStore;
  /** @throws AccountStoreError `invalid-account` when what is stored cannot be read; so does `list` */
  find(name: string): Promise<AccountRecord | undefined>;
  /** What the account says itself, also where its groups can't be read. @throws AccountStoreError `invalid-account` */
  findOwn(name: string): Promise<OwnSettings | undefined>;
  /** What such an account would be now. Nothing is stored. @throws AccountStoreError `invalid-account`, `no-such-group` */
  preview(account: NewAccount): Promise<EffectiveAccount>;
  /** All accounts, by name in the order of code points. */
  list(): AsyncIterable<AccountRecord>;
  /** The names of all accounts, also of those that can't be read. */
  names(): Promise<readonly string[]>;
  /**
   * Makes many changes at once, or none where one of them can't be made. Sessions end as by single changes.
   * @param plan gives the changes, in the order in which they are to be made, for what is stored: nobody changes that before
   * they are made. It may be called again.
   * @param options.isTrial whether all is done but nothing kept: whatever would fail does
   * @throws AccountStoreError as single changes do, and `invalid-account`, `invalid-group` for what can't be read
   */
  revise(
    plan: (stored: StoredAccounts) => readonly AccountRevision[],
    options?: { readonly isTrial?: boolean },
  ): Promise<readonly AccountRevision[]>;
  /** @throws AccountStoreError `account-exists`, `invalid-account`, `no-such-group` */
  add(account: NewAccount, passwordHash: string, options?: Pick<PasswordChange, 'mustChange'>): Promise<void>;
  /** Gives whether open sessions end. @throws AccountStoreError `no-such-account`, `invalid-account`, `no-such-group` */
  update(name: string, changes: AccountChanges, options?: SessionsKept): Promise<boolean>;
  /** @throws AccountStoreError `no-such-account` */
  remove(name: string, options?: SessionsKept): Promise<void>;
  /** Lifts a lock, too. @throws AccountStoreError `no-such-account` */
  setPasswordHash(name: string, passwordHash: string, options?: PasswordChange): Promise<void>;
  /**
   * Stores another hash of the same password in place of `from`. Does nothing where the account has another hash by now, or no
   * longer exists. Sessions go on, and the password is as old as before.
   */
  replacePasswordHash(name: string, from: string, to: string): Promise<void>;
  /**
   * Stores another password, which the holder of the account has set, in place of `from`. Open sessions are left to the caller.
   * Gives false where the account has another hash than `from` by now, or no longer exists: nothing is changed then.
   */
  changeOwnPassword(name: string, from: string, to: string, keepEarlier: number): Promise<boolean>;
  /** The hashes of its earlier passwords that are remembered, the newest first; without the present one. */
  earlierPasswordHashes(name: string): Promise<readonly string[]>;
  /** Undefined takes the second factor away. @throws AccountStoreError `no-such-account` */
  setTotpSecret(name: string, secret: string | undefined, options?: SessionsKept): Promise<void>;
  /** Notes the step whose code was used. It never goes back. Does nothing where the account no longer exists. */
  recordTotpStep(name: string, step: number): Promise<void>;
  /** Locks an account, or lifts its lock (undefined). Does nothing where the account no longer exists. */
  setLock(name: string, until: Date | undefined): Promise<void>;
  /** Records a login of the account now. Does nothing where the account no longer exists. */
  recordLogin(name: string, tls?: LoginTls): Promise<void>;
}

/**
 * - `account-exists`, `no-such-account`, `group-exists`, `no-such-group`: as they say
 * - `group-in-use`: accounts are in the group
 * - `invalid-account`, `invalid-group`: what was given, or what is stored, does not make one
 * - `against-policy`: the policy of the server does not allow it
 */
export type AccountStoreErrorCode =
  | 'account-exists'
  | 'no-such-account'
  | 'invalid-account'
  | 'group-exists'
  | 'no-such-group'
  | 'group-in-use'
  | 'invalid-group'
  | 'against-policy';

/** A failure whose message can be shown to operators. */
export class AccountStoreError extends Error {
  override readonly name = 'AccountStoreError';
  readonly code: AccountStoreErrorCode;

  constructor(code: AccountStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

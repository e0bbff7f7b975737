import { type Account, type AccountSettings, readAccountSettings } from './account/index.ts';

/** A stored account. The hash is not a field of `account`, so that nothing shows it with the account. */
export interface AccountRecord {
  readonly account: Account;
  /** Empty: the account has no password, and every password is wrong. */
  readonly passwordHash: string;
  readonly createdAt: Date;
  /** When the account's settings last changed. */
  readonly updatedAt: Date;
  readonly passwordChangedAt: Date;
  readonly lastLoginAt?: Date;
}

/** New values for some settings; `undefined` removes an optional setting. */
export type AccountChanges = { readonly [Name in keyof AccountSettings]?: AccountSettings[Name] | undefined };

/** Whether the open sessions of an account go on although a right was taken away. Default: they end. */
export interface SessionsKept {
  readonly keepSessions?: boolean;
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

/**
 * Stores accounts. Nothing is cached: another process may change an account at any time, and the next call sees it.
 * Names are unique and case-sensitive. A change that takes a right away writes a notice in the same transaction. A call
 * waits for other users of the store without blocking the process.
 */
export interface AccountStore {
  readonly notices: SessionNotices;
  /** @throws AccountStoreError `invalid-account` when what is stored cannot be read; so does `list` */
  find(name: string): Promise<AccountRecord | undefined>;
  /** All accounts, by name in the order of code points. */
  list(): AsyncIterable<AccountRecord>;
  /** The names of all accounts, also of those that can't be read. */
  names(): Promise<readonly string[]>;
  /** @throws AccountStoreError `account-exists`, `invalid-account` */
  add(account: Account, passwordHash: string): Promise<void>;
  /** Gives whether open sessions end. @throws AccountStoreError `no-such-account`, `invalid-account` */
  update(name: string, changes: AccountChanges, options?: SessionsKept): Promise<boolean>;
  /** @throws AccountStoreError `no-such-account` */
  remove(name: string, options?: SessionsKept): Promise<void>;
  /** @throws AccountStoreError `no-such-account` */
  setPasswordHash(name: string, passwordHash: string, options?: SessionsKept): Promise<void>;
  /** Records a login of the account now. Does nothing where the account no longer exists. */
  recordLogin(name: string): Promise<void>;
}

/**
 * - `account-exists`, `no-such-account`: as they say
 * - `invalid-account`: what was given, or what is stored, does not make an account
 */
export type AccountStoreErrorCode = 'account-exists' | 'no-such-account' | 'invalid-account';

/** A failure whose message can be shown to operators. */
export class AccountStoreError extends Error {
  override readonly name = 'AccountStoreError';
  readonly code: AccountStoreErrorCode;

  constructor(code: AccountStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Writes an account as JSON for a store, and refuses an account that could not be read back. A store that keeps this text
 * needs no change for a new field.
 * @throws AccountStoreError `invalid-account`
 */
export function accountDocument({ name, ...settings }: Account): string {
  const text = JSON.stringify(settings);
  readAccountDocument(name, text);
  return text;
}

/** @throws AccountStoreError `invalid-account` that says what is wrong where */
export function readAccountDocument(name: string, text: string): Account {
  try {
    return { name, ...readAccountSettings(JSON.parse(text)) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AccountStoreError('invalid-account', `Account ${name}: ${reason}`, { cause });
  }
}

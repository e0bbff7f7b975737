import { type Account, type AccountSettings, readAccountSettings } from './account/index.ts';

/** What is kept of an account. The hash stands outside of the account, so that it is not shown with it. */
export interface AccountRecord {
  readonly account: Account;
  /** Empty: there is no password, and none is right. */
  readonly passwordHash: string;
  readonly createdAt: Date;
  /** When the account's settings last changed. */
  readonly updatedAt: Date;
  readonly passwordChangedAt: Date;
  readonly lastLoginAt?: Date;
}

/** New values for some settings; `undefined` takes an optional one away. */
export type AccountChanges = { readonly [Name in keyof AccountSettings]?: AccountSettings[Name] | undefined };

/** Whether the open sessions of an account go on although a right was taken away. Default: they end. */
export interface SessionsKept {
  readonly keepSessions?: boolean;
}

/** What a server that runs has to tell the open sessions of an account. */
export interface SessionNotice {
  readonly number: number;
  readonly account: string;
  /** Why they end, for the log; undefined where only the account's expiry has changed. */
  readonly ends: string | undefined;
}

/**
 * How whoever changes an account tells the servers that run, which may be other processes. Their numbers only grow. A
 * store may forget all but the last thousands.
 */
export interface SessionNotices {
  /** The number of the newest one; 0 where there was none yet. */
  latest(): Promise<number>;
  /** Those behind `number`, oldest first; so many at once as the store likes, but one at the least where there is one. */
  after(number: number): Promise<readonly SessionNotice[]>;
  /** Whether there is one behind `number` for the account. */
  hasSince(account: string, number: number): Promise<boolean>;
}

/**
 * Where accounts are kept. Nothing is cached: another process may change them at any time, and the next call sees it.
 * Names are unique, and `a` is not `A`. What takes a right away leaves a notice, in the same step or not at all.
 * Every call waits for whoever else works on the store, and holds up nothing else meanwhile.
 */
export interface AccountStore {
  readonly notices: SessionNotices;
  /** @throws AccountStoreError `invalid-account` when what is stored cannot be read; so does `list` */
  find(name: string): Promise<AccountRecord | undefined>;
  /** All accounts, by name in the order of code points. */
  list(): AsyncIterable<AccountRecord>;
  /** The names of all accounts; those of accounts that can't be read too. */
  names(): Promise<readonly string[]>;
  /** @throws AccountStoreError `account-exists`, `invalid-account` */
  add(account: Account, passwordHash: string): Promise<void>;
  /** Gives whether open sessions end. @throws AccountStoreError `no-such-account`, `invalid-account` */
  update(name: string, changes: AccountChanges, options?: SessionsKept): Promise<boolean>;
  /** @throws AccountStoreError `no-such-account` */
  remove(name: string, options?: SessionsKept): Promise<void>;
  /** @throws AccountStoreError `no-such-account` */
  setPasswordHash(name: string, passwordHash: string, options?: SessionsKept): Promise<void>;
  /** Notes that the account has just signed in. One that is gone meanwhile is not missed. */
  recordLogin(name: string): Promise<void>;
}

/**
 * - `account-exists`, `no-such-account`: as they say
 * - `invalid-account`: what was given, or what is stored, does not make an account
 */
export type AccountStoreErrorCode = 'account-exists' | 'no-such-account' | 'invalid-account';

/** A failure whose message can be shown to whoever runs the server. */
export class AccountStoreError extends Error {
  override readonly name = 'AccountStoreError';
  readonly code: AccountStoreErrorCode;

  constructor(code: AccountStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * An account as a JSON text for a store. What could not be read again is refused here. A store that keeps the whole text
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

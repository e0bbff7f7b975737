import { z } from 'zod';
import { type Account, isAccountName, whatIsTakenAway } from '../core/index.ts';
import { type AccountSettings, readSettings, writeSettings } from './account-settings.ts';
import { DatabaseError } from './database-error.ts';
import type { SessionNotices } from './session-notices.ts';
import type { DatabaseSync } from './sqlite.ts';
import type { Statement } from './statement.ts';
import { transaction } from './transaction.ts';

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

/**
 * The accounts. Nothing is cached: another process may change them at any time, and the next call sees it. Names are
 * unique, and `a` is not `A`. What takes a right away ends the account's open sessions: a server that runs reads it in the notices.
 */
export class Accounts {
  readonly #database: DatabaseSync;
  readonly #notices: SessionNotices;

  constructor(database: DatabaseSync, notices: SessionNotices) {
    this.#database = database;
    this.#notices = notices;
  }

  /** @throws DatabaseError `invalid-account` when what is stored cannot be read; so do the others */
  find(name: string): AccountRecord | undefined {
    if (!isAccountName(name)) return undefined;
    const row = this.#database.prepare('SELECT * FROM accounts WHERE name = ?').get(name);
    return row && recordOf(row);
  }

  /** All accounts, by name. */
  *list(): Generator<AccountRecord> {
    for (const row of this.#database.prepare('SELECT * FROM accounts ORDER BY name').iterate()) yield recordOf(row);
  }

  /** The names of all accounts; those of accounts that can't be read too. */
  names(): string[] {
    return this.#database
      .prepare('SELECT name FROM accounts')
      .all()
      .map(({ name }) => String(name));
  }

  /** @throws DatabaseError `account-exists`, `invalid-account` */
  add({ name, ...settings }: Account, passwordHash: string): void {
    if (!isAccountName(name)) {
      throw new DatabaseError('invalid-account', `${JSON.stringify(name)} cannot be the name of an account`);
    }
    const now = Date.now();
    const added = this.#change(
      `INSERT INTO accounts (name, settings, password_hash, created_at, updated_at, password_changed_at)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      [name, textOf(name, settings), passwordHash, now, now, now],
    );
    if (!added) throw new DatabaseError('account-exists', `There is an account ${name} already`);
  }

  /** Gives whether open sessions end. @throws DatabaseError `no-such-account`, `invalid-account` */
  update(name: string, changes: AccountChanges, { keepSessions = false }: SessionsKept = {}): boolean {
    return transaction(this.#database, () => {
      const record = this.find(name);
      if (!record) throw unknown(name);
      const after = { ...record.account, ...changes } as Account;
      const { name: _, ...settings } = after;
      this.#change('UPDATE accounts SET settings = ?, updated_at = ? WHERE name = ?', [
        textOf(name, settings),
        Date.now(),
        name,
      ]);
      if (keepSessions) return false;
      const ends = whatIsTakenAway(record.account, after);
      if (ends !== undefined || 'expires' in changes) this.#notices.add(name, ends);
      return ends !== undefined;
    });
  }

  /** @throws DatabaseError `no-such-account` */
  remove(name: string, { keepSessions = false }: SessionsKept = {}): void {
    transaction(this.#database, () => {
      if (!this.#change('DELETE FROM accounts WHERE name = ?', [name])) throw unknown(name);
      if (!keepSessions) this.#notices.add(name, 'account removed');
    });
  }

  /** @throws DatabaseError `no-such-account` */
  setPasswordHash(name: string, passwordHash: string, { keepSessions = false }: SessionsKept = {}): void {
    const sql = 'UPDATE accounts SET password_hash = ?, password_changed_at = ? WHERE name = ?';
    transaction(this.#database, () => {
      if (!this.#change(sql, [passwordHash, Date.now(), name])) throw unknown(name);
      if (!keepSessions) this.#notices.add(name, 'password changed');
    });
  }

  #change(sql: string, values: readonly (string | number)[]): boolean {
    return this.#database.prepare(sql).run(...values).changes > 0;
  }
}

/** Says that the account has signed in now. */
export function loginRecord(name: string): Statement {
  return { sql: 'UPDATE accounts SET last_login_at = ? WHERE name = ?', values: [Date.now(), name] };
}

const ROW = z.object({
  name: z.string(),
  settings: z.string(),
  password_hash: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
  password_changed_at: z.number(),
  last_login_at: z.number().nullable(),
});

function recordOf(row: object): AccountRecord {
  const { name, ...rest } = ROW.parse(row);
  return {
    account: { name, ...settingsOf(name, rest.settings) },
    passwordHash: rest.password_hash,
    createdAt: new Date(rest.created_at),
    updatedAt: new Date(rest.updated_at),
    passwordChangedAt: new Date(rest.password_changed_at),
    ...(rest.last_login_at !== null && { lastLoginAt: new Date(rest.last_login_at) }),
  };
}

function settingsOf(name: string, text: string): AccountSettings {
  try {
    return readSettings(text);
  } catch (error) {
    throw invalid(name, error);
  }
}

function textOf(name: string, settings: AccountSettings): string {
  try {
    return writeSettings(settings);
  } catch (error) {
    throw invalid(name, error);
  }
}

function invalid(name: string, cause: unknown): DatabaseError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatabaseError('invalid-account', `Account ${name}: ${reason}`, { cause });
}

function unknown(name: string): DatabaseError {
  return new DatabaseError('no-such-account', `There is no account ${JSON.stringify(name)}`);
}

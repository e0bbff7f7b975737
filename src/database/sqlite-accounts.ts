import { z } from 'zod';
import {
  type Account,
  type AccountChanges,
  type AccountRecord,
  type AccountStore,
  AccountStoreError,
  accountDocument,
  isAccountName,
  readAccountDocument,
  type SessionsKept,
  whatIsTakenAway,
} from '../core/index.ts';
import type { BackgroundWriter } from './background-writer.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';
import { SqliteNotices } from './sqlite-notices.ts';
import { transaction } from './transaction.ts';

/** Accounts that are read at once for a list. */
const PAGE = 100;

/** The accounts in SQLite. Logins are noted on the writer's thread; what else changes is written by commands, on theirs. */
export class SqliteAccounts implements AccountStore {
  readonly notices: SqliteNotices;
  readonly #database: DatabaseSync;
  readonly #writer: BackgroundWriter;

  constructor(database: DatabaseSync, writer: BackgroundWriter) {
    this.#database = database;
    this.#writer = writer;
    this.notices = new SqliteNotices(database);
  }

  async find(name: string): Promise<AccountRecord | undefined> {
    return isAccountName(name) ? patiently(() => this.#find(name)) : undefined;
  }

  /** Page by page: between two, nothing is held in the database. */
  async *list(): AsyncGenerator<AccountRecord> {
    const sql = `SELECT * FROM accounts WHERE name > ? ORDER BY name LIMIT ${PAGE}`;
    for (let last = ''; ; ) {
      const rows = await patiently(() => this.#database.prepare(sql).all(last));
      for (const row of rows) yield recordOf(row);
      if (rows.length < PAGE) return;
      last = String(rows.at(-1)?.['name']);
    }
  }

  async names(): Promise<readonly string[]> {
    const rows = await patiently(() => this.#database.prepare('SELECT name FROM accounts').all());
    return rows.map(({ name }) => String(name));
  }

  async add(account: Account, passwordHash: string): Promise<void> {
    const { name } = account;
    if (!isAccountName(name)) {
      throw new AccountStoreError('invalid-account', `${JSON.stringify(name)} cannot be the name of an account`);
    }
    const text = accountDocument(account);
    const now = Date.now();
    const sql = `INSERT INTO accounts (name, settings, password_hash, created_at, updated_at, password_changed_at)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const added = await patiently(() => this.#change(sql, [name, text, passwordHash, now, now, now]));
    if (!added) throw new AccountStoreError('account-exists', `There is an account ${name} already`);
  }

  update(name: string, changes: AccountChanges, { keepSessions = false }: SessionsKept = {}): Promise<boolean> {
    return this.#atomically(() => {
      const record = this.#find(name);
      if (!record) throw unknown(name);
      const after = { ...record.account, ...changes } as Account;
      this.#change('UPDATE accounts SET settings = ?, updated_at = ? WHERE name = ?', [
        accountDocument(after),
        Date.now(),
        name,
      ]);
      if (keepSessions) return false;
      const ends = whatIsTakenAway(record.account, after);
      if (ends !== undefined || 'expires' in changes) this.notices.add(name, ends);
      return ends !== undefined;
    });
  }

  remove(name: string, { keepSessions = false }: SessionsKept = {}): Promise<void> {
    return this.#atomically(() => {
      if (!this.#change('DELETE FROM accounts WHERE name = ?', [name])) throw unknown(name);
      if (!keepSessions) this.notices.add(name, 'account removed');
    });
  }

  setPasswordHash(name: string, passwordHash: string, { keepSessions = false }: SessionsKept = {}): Promise<void> {
    const sql = 'UPDATE accounts SET password_hash = ?, password_changed_at = ? WHERE name = ?';
    return this.#atomically(() => {
      if (!this.#change(sql, [passwordHash, Date.now(), name])) throw unknown(name);
      if (!keepSessions) this.notices.add(name, 'password changed');
    });
  }

  recordLogin(name: string): Promise<void> {
    return this.#writer.write({
      sql: 'UPDATE accounts SET last_login_at = ? WHERE name = ?',
      values: [Date.now(), name],
    });
  }

  #find(name: string): AccountRecord | undefined {
    const row = this.#database.prepare('SELECT * FROM accounts WHERE name = ?').get(name);
    return row && recordOf(row);
  }

  #atomically<Result>(work: () => Result): Promise<Result> {
    return patiently(() => transaction(this.#database, work));
  }

  #change(sql: string, values: readonly (string | number)[]): boolean {
    return this.#database.prepare(sql).run(...values).changes > 0;
  }
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
    account: readAccountDocument(name, rest.settings),
    passwordHash: rest.password_hash,
    createdAt: new Date(rest.created_at),
    updatedAt: new Date(rest.updated_at),
    passwordChangedAt: new Date(rest.password_changed_at),
    ...(rest.last_login_at !== null && { lastLoginAt: new Date(rest.last_login_at) }),
  };
}

function unknown(name: string): AccountStoreError {
  return new AccountStoreError('no-such-account', `There is no account ${JSON.stringify(name)}`);
}

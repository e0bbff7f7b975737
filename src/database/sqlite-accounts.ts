import {
  type AccountChanges,
  type AccountRecord,
  type AccountStore,
  accountDocument,
  accountExists,
  changedAccount,
  checkedAccount,
  type EffectiveAccount,
  isAccountName,
  type NewAccount,
  noSuchAccount,
  type OwnSettings,
  type PasswordChange,
  readAccountDocument,
  type SessionsKept,
} from '../core/index.ts';
import { ACCOUNT_ROWS, accountRow, findRow, recordOf } from './account-rows.ts';
import type { BackgroundWriter } from './background-writer.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';
import { SqliteGroups } from './sqlite-groups.ts';
import { SqliteNotices } from './sqlite-notices.ts';
import { transaction } from './transaction.ts';

/** Accounts that are read at once for a list. */
const PAGE = 100;

/** The accounts in SQLite. Logins are noted on the writer's thread; what else changes is written by commands, on theirs. */
export class SqliteAccounts implements AccountStore {
  readonly notices: SqliteNotices;
  readonly groups: SqliteGroups;
  readonly #database: DatabaseSync;
  readonly #writer: BackgroundWriter;

  constructor(database: DatabaseSync, writer: BackgroundWriter) {
    this.#database = database;
    this.#writer = writer;
    this.notices = new SqliteNotices(database);
    this.groups = new SqliteGroups(database, this.notices);
  }

  async find(name: string): Promise<AccountRecord | undefined> {
    const row = isAccountName(name) ? await patiently(() => findRow(this.#database, name)) : undefined;
    return row && recordOf(row);
  }

  async findOwn(name: string): Promise<OwnSettings | undefined> {
    const row = isAccountName(name) ? await patiently(() => findRow(this.#database, name)) : undefined;
    return row && readAccountDocument(name, row.settings);
  }

  async preview(account: NewAccount): Promise<EffectiveAccount> {
    return patiently(() => checkedAccount(account, (group) => this.#documentOf(group)));
  }

  /** Page by page: between two, nothing is held in the database. */
  async *list(): AsyncGenerator<AccountRecord> {
    const sql = `${ACCOUNT_ROWS} WHERE name > ? ORDER BY name LIMIT ${PAGE}`;
    for (let last = ''; ; ) {
      const rows = await patiently(() => this.#database.prepare(sql).all(last));
      for (const row of rows) yield recordOf(accountRow(row));
      if (rows.length < PAGE) return;
      last = String(rows.at(-1)?.['name']);
    }
  }

  async names(): Promise<readonly string[]> {
    const rows = await patiently(() => this.#database.prepare('SELECT name FROM accounts').all());
    return rows.map(({ name }) => String(name));
  }

  async add(account: NewAccount, passwordHash: string): Promise<void> {
    const { name } = account;
    const text = accountDocument(account);
    const now = Date.now();
    const sql = `INSERT INTO accounts (name, settings, password_hash, created_at, updated_at, password_changed_at)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    await this.#atomically(() => {
      checkedAccount(account, (group) => this.#documentOf(group));
      if (!this.#change(sql, [name, text, passwordHash, now, now, now])) throw accountExists(name);
    });
  }

  update(name: string, changes: AccountChanges, { keepSessions = false }: SessionsKept = {}): Promise<boolean> {
    return this.#atomically(() => {
      const row = findRow(this.#database, name);
      if (!row) throw noSuchAccount(name);
      const { document, ends } = changedAccount(name, row.settings, changes, (group) => this.#documentOf(group));
      const sql = 'UPDATE accounts SET settings = ?, updated_at = ? WHERE name = ?';
      this.#change(sql, [document, Date.now(), name]);
      if (keepSessions) return false;
      if (ends !== undefined || 'expires' in changes) this.notices.add(name, ends);
      return ends !== undefined;
    });
  }

  remove(name: string, { keepSessions = false }: SessionsKept = {}): Promise<void> {
    return this.#atomically(() => {
      if (!this.#change('DELETE FROM accounts WHERE name = ?', [name])) throw noSuchAccount(name);
      if (!keepSessions) this.notices.add(name, 'account removed');
    });
  }

  setPasswordHash(
    name: string,
    passwordHash: string,
    { keepSessions = false, keepEarlier = 0 }: PasswordChange = {},
  ): Promise<void> {
    const sql = 'UPDATE accounts SET password_hash = ?, password_changed_at = ?, locked_until = NULL WHERE name = ?';
    return this.#atomically(() => {
      const remember = `INSERT INTO earlier_passwords (account, hash)
         SELECT name, password_hash FROM accounts WHERE name = ? AND password_hash <> ''`;
      this.#change(remember, [name]);
      const forget = `DELETE FROM earlier_passwords WHERE account = ? AND number NOT IN (
         SELECT number FROM earlier_passwords WHERE account = ? ORDER BY number DESC LIMIT ?)`;
      this.#change(forget, [name, name, keepEarlier]);
      if (!this.#change(sql, [passwordHash, Date.now(), name])) throw noSuchAccount(name);
      if (!keepSessions) this.notices.add(name, 'password changed');
    });
  }

  /** On the writer's thread: a running server does it after a login. */
  replacePasswordHash(name: string, from: string, to: string): Promise<void> {
    const sql = 'UPDATE accounts SET password_hash = ? WHERE name = ? AND password_hash = ?';
    return this.#writer.write({ sql, values: [to, name, from] });
  }

  async earlierPasswordHashes(name: string): Promise<readonly string[]> {
    const sql = 'SELECT hash FROM earlier_passwords WHERE account = ? ORDER BY number DESC';
    const rows = await patiently(() => this.#database.prepare(sql).all(name));
    return rows.map(({ hash }) => String(hash));
  }

  /** On the writer's thread: a running server locks accounts. */
  setLock(name: string, until: Date | undefined): Promise<void> {
    return this.#writer.write(
      until
        ? { sql: 'UPDATE accounts SET locked_until = ? WHERE name = ?', values: [until.getTime(), name] }
        : { sql: 'UPDATE accounts SET locked_until = NULL WHERE name = ?', values: [name] },
    );
  }

  recordLogin(name: string): Promise<void> {
    return this.#writer.write({
      sql: 'UPDATE accounts SET last_login_at = ? WHERE name = ?',
      values: [Date.now(), name],
    });
  }

  #documentOf(group: string): string | undefined {
    const row = this.#database.prepare('SELECT settings FROM account_groups WHERE name = ?').get(group);
    return row && String(row['settings']);
  }

  #atomically<Result>(work: () => Result): Promise<Result> {
    return patiently(() => transaction(this.#database, work));
  }

  #change(sql: string, values: readonly (string | number)[]): boolean {
    return this.#database.prepare(sql).run(...values).changes > 0;
  }
}

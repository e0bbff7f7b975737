import {
  type AccountChanges,
  type AccountRecord,
  type AccountRevision,
  type AccountStore,
  type EffectiveAccount,
  isAccountName,
  type LoginTls,
  type NewAccount,
  type OwnSettings,
  type PasswordChange,
  readAccountDocument,
  type SessionsKept,
  type StoredAccounts,
} from '../core/index.ts';
import { revise } from './account-revisions.ts';
import { ACCOUNT_ROWS, accountRow, findRow, recordOf } from './account-rows.ts';
import { AccountWrites, ownPasswordChange } from './account-writes.ts';
import type { BackgroundWriter } from './background-writer.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';
import { SqliteGroups } from './sqlite-groups.ts';
import { SqliteNotices } from './sqlite-notices.ts';

/** Accounts that are read at once for a list. */
const PAGE = 100;

/** The accounts in SQLite. Logins are noted on the writer's thread; what else changes is written by commands, on theirs. */
export class SqliteAccounts implements AccountStore {
  readonly notices: SqliteNotices;
  readonly groups: SqliteGroups;
  readonly #database: DatabaseSync;
  readonly #writer: BackgroundWriter;
  readonly #changes: AccountWrites;

  constructor(database: DatabaseSync, writer: BackgroundWriter) {
    this.#database = database;
    this.#writer = writer;
    this.notices = new SqliteNotices(database);
    this.groups = new SqliteGroups(database, this.notices);
    this.#changes = new AccountWrites(database, this.groups, this.notices);
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
    return patiently(() => this.#changes.preview(account));
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

  revise(
    plan: (stored: StoredAccounts) => readonly AccountRevision[],
    options: { readonly isTrial?: boolean } = {},
  ): Promise<readonly AccountRevision[]> {
    return patiently(() => revise(this.#database, this.#changes, plan, options));
  }

  add(account: NewAccount, passwordHash: string, options?: Pick<PasswordChange, 'mustChange'>): Promise<void> {
    return patiently(() => this.#changes.add(account, passwordHash, options));
  }

  update(name: string, changes: AccountChanges, options?: SessionsKept): Promise<boolean> {
    return patiently(() => this.#changes.update(name, changes, options));
  }

  remove(name: string, options?: SessionsKept): Promise<void> {
    return patiently(() => this.#changes.remove(name, options));
  }

  setPasswordHash(name: string, passwordHash: string, options?: PasswordChange): Promise<void> {
    return patiently(() => this.#changes.setPasswordHash(name, passwordHash, options));
  }

  /** On the writer's thread: a running server does it after a login. */
  replacePasswordHash(name: string, from: string, to: string): Promise<void> {
    const sql = 'UPDATE accounts SET password_hash = ? WHERE name = ? AND password_hash = ?';
    return this.#writer.write({ sql, values: [to, name, from] });
  }

  /** On the writer's thread: a running server does it for a session. */
  async changeOwnPassword(name: string, from: string, to: string, keepEarlier: number): Promise<boolean> {
    await this.#writer.write(...ownPasswordChange(name, from, to, keepEarlier));
    return (await patiently(() => findRow(this.#database, name)))?.password_hash === to;
  }

  async earlierPasswordHashes(name: string): Promise<readonly string[]> {
    const sql = 'SELECT hash FROM earlier_passwords WHERE account = ? ORDER BY number DESC';
    const rows = await patiently(() => this.#database.prepare(sql).all(name));
    return rows.map(({ hash }) => String(hash));
  }

  setTotpSecret(name: string, secret: string | undefined, options?: SessionsKept): Promise<void> {
    return patiently(() => this.#changes.setTotpSecret(name, secret, options));
  }

  /** On the writer's thread: a running server takes codes. */
  recordTotpStep(name: string, step: number): Promise<void> {
    const sql = 'UPDATE accounts SET totp_step = max(?, coalesce(totp_step, 0)) WHERE name = ?';
    return this.#writer.write({ sql, values: [step, name] });
  }

  /** On the writer's thread: a running server locks accounts. */
  setLock(name: string, until: Date | undefined): Promise<void> {
    return this.#writer.write(
      until
        ? { sql: 'UPDATE accounts SET locked_until = ? WHERE name = ?', values: [until.getTime(), name] }
        : { sql: 'UPDATE accounts SET locked_until = NULL WHERE name = ?', values: [name] },
    );
  }

  recordLogin(name: string, tls?: LoginTls): Promise<void> {
    return this.#writer.write({
      sql: `UPDATE accounts SET last_login_at = ?, last_login_tls = NULLIF(?, '') WHERE name = ?`,
      values: [Date.now(), tls === undefined ? '' : JSON.stringify(tls), name],
    });
  }
}

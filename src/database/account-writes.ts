import {
  type AccountChanges,
  accountDocument,
  accountExists,
  changedAccount,
  checkedAccount,
  type EffectiveAccount,
  type NewAccount,
  noSuchAccount,
  type PasswordChange,
  type SessionsKept,
} from '../core/index.ts';
import { findRow } from './account-rows.ts';
import type { DatabaseSync } from './sqlite.ts';
import type { SqliteGroups } from './sqlite-groups.ts';
import type { SqliteNotices } from './sqlite-notices.ts';
import type { Statement } from './statement.ts';
import { transaction } from './transaction.ts';

const FORGET_EARLIER = `DELETE FROM earlier_passwords WHERE account = ? AND number NOT IN (
   SELECT number FROM earlier_passwords WHERE account = ? ORDER BY number DESC LIMIT ?)`;

/** What `AccountStore.changeOwnPassword` writes, all or nothing of it. */
export function ownPasswordChange(name: string, from: string, to: string, keepEarlier: number): readonly Statement[] {
  const remember = `INSERT INTO earlier_passwords (account, hash)
     SELECT name, password_hash FROM accounts WHERE name = ? AND password_hash = ?`;
  const replace = `UPDATE accounts SET password_hash = ?, password_changed_at = ?, must_change_password = 0
     WHERE name = ? AND password_hash = ?`;
  return [
    { sql: remember, values: [name, from] },
    { sql: FORGET_EARLIER, values: [name, name, keepEarlier] },
    { sql: replace, values: [to, Date.now(), name, from] },
  ];
}

/** The changes of an `AccountStore`, each at once: they throw where somebody else holds a lock. */
export class AccountWrites {
  readonly groups: SqliteGroups;
  readonly #database: DatabaseSync;
  readonly #notices: SqliteNotices;

  constructor(database: DatabaseSync, groups: SqliteGroups, notices: SqliteNotices) {
    this.#database = database;
    this.groups = groups;
    this.#notices = notices;
  }

  preview(account: NewAccount): EffectiveAccount {
    return checkedAccount(account, (group) => this.#documentOf(group));
  }

  add(
    account: NewAccount,
    passwordHash: string,
    { mustChange = false }: Pick<PasswordChange, 'mustChange'> = {},
  ): void {
    const { name } = account;
    const text = accountDocument(account);
    const now = Date.now();
    const sql = `INSERT INTO accounts
       (name, settings, password_hash, created_at, updated_at, password_changed_at, must_change_password)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    transaction(this.#database, () => {
      this.preview(account);
      if (!this.#change(sql, [name, text, passwordHash, now, now, now, Number(mustChange)])) throw accountExists(name);
    });
  }

  update(name: string, changes: AccountChanges, { keepSessions = false }: SessionsKept = {}): boolean {
    return transaction(this.#database, () => {
      const row = findRow(this.#database, name);
      if (!row) throw noSuchAccount(name);
      const { document, ends } = changedAccount(name, row.settings, changes, (group) => this.#documentOf(group));
      const sql = 'UPDATE accounts SET settings = ?, updated_at = ? WHERE name = ?';
      this.#change(sql, [document, Date.now(), name]);
      if (keepSessions) return false;
      if (ends !== undefined || 'expires' in changes) this.#notices.add(name, ends);
      return ends !== undefined;
    });
  }

  remove(name: string, { keepSessions = false }: SessionsKept = {}): void {
    transaction(this.#database, () => {
      if (!this.#change('DELETE FROM accounts WHERE name = ?', [name])) throw noSuchAccount(name);
      if (!keepSessions) this.#notices.add(name, 'account removed');
    });
  }

  setPasswordHash(
    name: string,
    passwordHash: string,
    { keepSessions = false, keepEarlier = 0, mustChange = false }: PasswordChange = {},
  ): void {
    const sql = `UPDATE accounts
       SET password_hash = ?, password_changed_at = ?, must_change_password = ?, locked_until = NULL WHERE name = ?`;
    transaction(this.#database, () => {
      const remember = `INSERT INTO earlier_passwords (account, hash)
         SELECT name, password_hash FROM accounts WHERE name = ? AND password_hash <> ''`;
      this.#change(remember, [name]);
      this.#change(FORGET_EARLIER, [name, name, keepEarlier]);
      if (!this.#change(sql, [passwordHash, Date.now(), Number(mustChange), name])) throw noSuchAccount(name);
      if (!keepSessions) this.#notices.add(name, 'password changed');
    });
  }

  setTotpSecret(name: string, secret: string | undefined, { keepSessions = false }: SessionsKept = {}): void {
    const sql = 'UPDATE accounts SET totp_secret = ?, totp_step = NULL WHERE name = ?';
    transaction(this.#database, () => {
      if (!this.#change(sql, [secret ?? null, name])) throw noSuchAccount(name);
      if (!keepSessions) this.#notices.add(name, 'second factor changed');
    });
  }

  #documentOf(group: string): string | undefined {
    const row = this.#database.prepare('SELECT settings FROM account_groups WHERE name = ?').get(group);
    return row && String(row['settings']);
  }

  #change(sql: string, values: readonly (string | number | null)[]): boolean {
    return this.#database.prepare(sql).run(...values).changes > 0;
  }
}

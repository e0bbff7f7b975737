import { z } from 'zod';
import {
  ADMIN_ROLES,
  type Administrator,
  type AdministratorChanges,
  AdministratorError,
  type AdministratorPasswordChange,
  type AdministratorRecord,
  type AdministratorStore,
  type AdminToken,
  type ChangedAdministrator,
  isAccountName,
  noSuchAdministrator,
  requireOwner,
  tooManyTokens,
} from '../core/index.ts';
import type { BackgroundWriter } from './background-writer.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';
import type { Statement } from './statement.ts';
import { transaction } from './transaction.ts';

/** Administrators and their tokens in SQLite. What a running server notes of them is written on the writer's thread. */
export class SqliteAdministrators implements AdministratorStore {
  readonly #database: DatabaseSync;
  readonly #writer: BackgroundWriter;

  constructor(database: DatabaseSync, writer: BackgroundWriter) {
    this.#database = database;
    this.#writer = writer;
  }

  async find(name: string): Promise<AdministratorRecord | undefined> {
    const [row] = await this.#rows('SELECT * FROM administrators WHERE name = ?', name);
    return row && ADMINISTRATOR.parse(row);
  }

  list(): Promise<readonly AdministratorRecord[]> {
    return patiently(() => this.#all());
  }

  async add({ name, role, groups, disabled }: Administrator, passwordHash: string): Promise<void> {
    if (!isAccountName(name)) {
      throw new AdministratorError('invalid-administrator', `${JSON.stringify(name)} can't name an administrator`);
    }
    const now = Date.now();
    const sql = `INSERT INTO administrators
       (name, role, groups, disabled, password_hash, created_at, password_changed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const values = [name, role, JSON.stringify(groups), Number(disabled), passwordHash, now, now];
    if (await this.#change({ sql, values })) return;
    throw new AdministratorError('administrator-exists', `There is an administrator ${name} already`);
  }

  update(name: string, changes: AdministratorChanges): Promise<ChangedAdministrator> {
    const { role, groups, disabled } = changes;
    const sql = `UPDATE administrators SET role = coalesce(?, role), groups = coalesce(?, groups),
       disabled = coalesce(?, disabled), revision = revision + 1 WHERE name = ?`;
    const values = [role ?? null, groups ? JSON.stringify(groups) : null, disabled === undefined ? null : +disabled];
    return this.#changeOwners(name, (record) => ({ ...record, ...changes }), { sql, values: [...values, name] });
  }

  async remove(name: string): Promise<AdministratorRecord> {
    const sql = 'DELETE FROM administrators WHERE name = ?';
    const { before } = await this.#changeOwners(name, () => undefined, { sql, values: [name] });
    return before;
  }

  setPasswordHash(
    name: string,
    passwordHash: string,
    { keepEarlier = 0, mustChange = false }: AdministratorPasswordChange = {},
  ): Promise<void> {
    const sql = `UPDATE administrators SET
       earlier_hashes = (SELECT json_group_array(hash) FROM (
         SELECT hash FROM (
           SELECT -1 AS age, password_hash AS hash UNION ALL SELECT key, value FROM json_each(earlier_hashes)
         ) WHERE hash <> '' ORDER BY age LIMIT ?)),
       password_hash = ?, password_changed_at = ?, must_change_password = ?, locked_until = NULL,
       revision = revision + 1 WHERE name = ?`;
    return this.#changeOf(name, { sql, values: [keepEarlier, passwordHash, Date.now(), Number(mustChange), name] });
  }

  setTotpSecret(name: string, secret: string | undefined): Promise<void> {
    const sql = 'UPDATE administrators SET totp_secret = ?, totp_step = NULL, revision = revision + 1 WHERE name = ?';
    return this.#changeOf(name, { sql, values: [secret ?? null, name] });
  }

  recordTotpStep(name: string, step: number): Promise<void> {
    const sql = 'UPDATE administrators SET totp_step = max(?, coalesce(totp_step, 0)) WHERE name = ?';
    return this.#writer.write({ sql, values: [step, name] });
  }

  recordLogin(name: string): Promise<void> {
    const sql = 'UPDATE administrators SET last_login_at = ? WHERE name = ?';
    return this.#writer.write({ sql, values: [Date.now(), name] });
  }

  setLock(name: string, until: Date | undefined): Promise<void> {
    const sql = 'UPDATE administrators SET locked_until = ? WHERE name = ?';
    return this.#writer.write({ sql, values: [until?.getTime() ?? null, name] });
  }

  addToken(token: AdminToken, most = Number.MAX_SAFE_INTEGER): Promise<void> {
    const { id, administrator, label, role, secretHash, createdAt, expires } = token;
    const sql = `INSERT INTO admin_tokens (id, administrator, label, role, secret_hash, created_at, expires_at)
       SELECT ?, name, ?, ?, ?, ?, ? FROM administrators WHERE name = ?`;
    const values = [id, label, role, secretHash, createdAt.getTime(), expires.getTime(), administrator];
    const add = () => {
      const sameHolder = 'SELECT count(*) AS tokens FROM admin_tokens WHERE administrator = ?';
      const held = Number(this.#database.prepare(sameHolder).get(administrator)?.['tokens']);
      if (held >= most) throw tooManyTokens(administrator, most);
      if (this.#database.prepare(sql).run(...values).changes === 0) throw noSuchAdministrator(administrator);
    };
    return patiently(() => transaction(this.#database, add));
  }

  async findToken(id: string): Promise<AdminToken | undefined> {
    const [row] = await this.#rows('SELECT * FROM admin_tokens WHERE id = ?', id);
    return row && TOKEN.parse(row);
  }

  async tokens(name: string): Promise<readonly AdminToken[]> {
    const sql = 'SELECT * FROM admin_tokens WHERE administrator = ? ORDER BY created_at, id';
    return z.array(TOKEN).parse(await this.#rows(sql, name));
  }

  async removeToken(id: string): Promise<void> {
    if (await this.#change({ sql: 'DELETE FROM admin_tokens WHERE id = ?', values: [id] })) return;
    throw new AdministratorError('no-such-token', `There is no token ${JSON.stringify(id)}`);
  }

  recordTokenUse(id: string): Promise<void> {
    return this.#writer.write({
      sql: 'UPDATE admin_tokens SET last_used_at = ? WHERE id = ?',
      values: [Date.now(), id],
    });
  }

  /** Looks and changes with the write lock held: another process can't take away the other owner in between. */
  #changeOwners(
    name: string,
    change: (record: AdministratorRecord) => AdministratorRecord | undefined,
    { sql, values }: Statement,
  ): Promise<ChangedAdministrator> {
    const changeNow = () => {
      const all = this.#all();
      const before = all.find((each) => each.name === name);
      if (!before) throw noSuchAdministrator(name);
      const left = all.flatMap((each) => (each === before ? (change(each) ?? []) : each));
      requireOwner(all, left);
      this.#database.prepare(sql).run(...values);
      return { before, after: this.#all().find((each) => each.name === name) ?? before };
    };
    return patiently(() => transaction(this.#database, changeNow));
  }

  #all(): readonly AdministratorRecord[] {
    return z.array(ADMINISTRATOR).parse(this.#database.prepare('SELECT * FROM administrators ORDER BY name').all());
  }

  #rows(sql: string, ...values: readonly string[]): Promise<readonly object[]> {
    return patiently(() => this.#database.prepare(sql).all(...values));
  }

  #change({ sql, values }: Statement): Promise<boolean> {
    return patiently(() => this.#database.prepare(sql).run(...values).changes > 0);
  }

  async #changeOf(name: string, statement: Statement): Promise<void> {
    if (!(await this.#change(statement))) throw noSuchAdministrator(name);
  }
}

const MOMENT = z.number().transform((time) => new Date(time));
const NAMES = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

const ADMINISTRATOR = z
  .object({
    name: z.string(),
    role: z.enum(ADMIN_ROLES),
    groups: NAMES,
    disabled: z.number().transform(Boolean),
    password_hash: z.string(),
    totp_secret: z.string().nullable(),
    totp_step: z.number().nullable(),
    revision: z.number(),
    earlier_hashes: NAMES,
    must_change_password: z.number().transform(Boolean),
    created_at: MOMENT,
    password_changed_at: MOMENT,
    last_login_at: MOMENT.nullable(),
    locked_until: MOMENT.nullable(),
  })
  .transform(
    ({ name, role, groups, disabled, revision, ...row }): AdministratorRecord => ({
      name,
      role,
      groups,
      disabled,
      passwordHash: row.password_hash,
      revision,
      earlierPasswordHashes: row.earlier_hashes,
      mustChangePassword: row.must_change_password,
      ...(row.totp_secret !== null && { totpSecret: row.totp_secret }),
      ...(row.totp_step !== null && { totpStep: row.totp_step }),
      createdAt: row.created_at,
      passwordChangedAt: row.password_changed_at,
      ...(row.last_login_at && { lastLoginAt: row.last_login_at }),
      ...(row.locked_until && { lockedUntil: row.locked_until }),
    }),
  );

const TOKEN = z
  .object({
    id: z.string(),
    administrator: z.string(),
    label: z.string(),
    role: z.enum(ADMIN_ROLES),
    secret_hash: z.string(),
    created_at: MOMENT,
    expires_at: MOMENT,
    last_used_at: MOMENT.nullable(),
  })
  .transform(
    ({
      secret_hash: secretHash,
      created_at: createdAt,
      expires_at: expires,
      last_used_at: used,
      ...rest
    }): AdminToken => ({
      ...rest,
      secretHash,
      createdAt,
      expires,
      ...(used && { lastUsedAt: used }),
    }),
  );

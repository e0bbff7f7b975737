import { z } from 'zod';
import {
  type GroupChanges,
  type GroupRecord,
  type GroupSettings,
  type GroupStore,
  groupDocument,
  groupExists,
  groupInUse,
  ifReadable,
  isGroupName,
  noSuchGroup,
  readGroupDocument,
  type SessionsKept,
  whatIsTakenAway,
} from '../core/index.ts';
import { IN_GROUP, recordOf, rowsInGroup } from './account-rows.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';
import type { SqliteNotices } from './sqlite-notices.ts';
import { transaction } from './transaction.ts';

/** The groups of accounts in SQLite. */
export class SqliteGroups implements GroupStore {
  readonly #database: DatabaseSync;
  readonly #notices: SqliteNotices;

  constructor(database: DatabaseSync, notices: SqliteNotices) {
    this.#database = database;
    this.#notices = notices;
  }

  async find(name: string): Promise<GroupRecord | undefined> {
    return isGroupName(name) ? patiently(() => this.#find(name)) : undefined;
  }

  names(): Promise<readonly string[]> {
    return patiently(() => this.#namesIn('SELECT name FROM account_groups ORDER BY name'));
  }

  members(name: string): Promise<readonly string[]> {
    return patiently(() => this.#members(name));
  }

  add(name: string, settings: GroupSettings): Promise<void> {
    return patiently(() => this.addNow(name, settings));
  }

  update(name: string, changes: GroupChanges, options?: SessionsKept): Promise<readonly string[]> {
    return patiently(() => this.updateNow(name, changes, options));
  }

  remove(name: string): Promise<void> {
    return patiently(() => this.removeNow(name));
  }

  /** As `add`, where nobody holds a lock. So are those below. */
  addNow(name: string, settings: GroupSettings): void {
    const text = groupDocument(name, settings);
    const now = Date.now();
    const sql = `INSERT INTO account_groups (name, settings, created_at, updated_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`;
    if (this.#database.prepare(sql).run(name, text, now, now).changes === 0) throw groupExists(name);
  }

  updateNow(name: string, changes: GroupChanges, { keepSessions = false }: SessionsKept = {}): readonly string[] {
    return transaction(this.#database, () => {
      const record = this.#find(name);
      if (!record) throw noSuchGroup(name);
      const text = groupDocument(name, { ...record.settings, ...changes } as GroupSettings);
      const before = rowsInGroup(this.#database, name).map((row) => ifReadable(() => recordOf(row).account));
      const sql = 'UPDATE account_groups SET settings = ?, updated_at = ? WHERE name = ?';
      this.#database.prepare(sql).run(text, Date.now(), name);
      const after = rowsInGroup(this.#database, name);
      const ended = after.flatMap((row, index) => {
        const had = before[index];
        const has = had ? recordOf(row).account : ifReadable(() => recordOf(row).account);
        const ends = whatIsTakenAway(had, has);
        return ends === undefined ? [] : [{ account: row.name, ends }];
      });
      if (keepSessions) return [];
      for (const { account, ends } of ended) this.#notices.add(account, ends);
      return ended.map(({ account }) => account);
    });
  }

  removeNow(name: string): void {
    transaction(this.#database, () => {
      const { length } = this.#members(name);
      if (length > 0) throw groupInUse(name, length);
      const { changes } = this.#database.prepare('DELETE FROM account_groups WHERE name = ?').run(name);
      if (changes === 0) throw noSuchGroup(name);
    });
  }

  /** All of them, by name. @throws AccountStoreError `invalid-group` */
  settingsNow(): ReadonlyMap<string, GroupSettings> {
    const rows = this.#database.prepare('SELECT name, settings FROM account_groups ORDER BY name').all();
    return new Map(
      rows.map(({ name, settings }) => [String(name), readGroupDocument(String(name), String(settings))] as const),
    );
  }

  #find(name: string): GroupRecord | undefined {
    const row = this.#database.prepare('SELECT * FROM account_groups WHERE name = ?').get(name);
    if (!row) return undefined;
    const { settings, created_at, updated_at } = ROW.parse(row);
    return {
      name,
      settings: readGroupDocument(name, settings),
      createdAt: new Date(created_at),
      updatedAt: new Date(updated_at),
    };
  }

  #members(name: string): readonly string[] {
    return this.#namesIn(`SELECT name FROM accounts ${IN_GROUP} ORDER BY name`, name);
  }

  #namesIn(sql: string, ...values: readonly string[]): readonly string[] {
    return this.#database
      .prepare(sql)
      .all(...values)
      .map(({ name }) => String(name));
  }
}

const ROW = z.object({ settings: z.string(), created_at: z.number(), updated_at: z.number() });

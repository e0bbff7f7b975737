import { z } from 'zod';
import type { SessionNotice, SessionNotices } from '../core/index.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';

/** Notices that are kept: a change of a group has one for each of its accounts. A server looks for new ones several times a second. */
const MAX_KEPT = 100_000;
/** Notices that are read at once. */
const MAX_READ = 100;

/** The notices in SQLite. */
export class SqliteNotices implements SessionNotices {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Within the transaction that changes the account. */
  add(account: string, ends: string | undefined): void {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO session_notices (account, ends) VALUES (?, ?)')
      .run(account, ends ?? null);
    this.#database.prepare('DELETE FROM session_notices WHERE number <= ?').run(Number(lastInsertRowid) - MAX_KEPT);
  }

  async latest(): Promise<number> {
    const row = await patiently(() =>
      this.#database.prepare('SELECT max(number) AS latest FROM session_notices').get(),
    );
    return Number(row?.['latest'] ?? 0);
  }

  async after(number: number): Promise<readonly SessionNotice[]> {
    const sql = `SELECT number, account, ends FROM session_notices WHERE number > ? ORDER BY number LIMIT ${MAX_READ}`;
    return z.array(ROW).parse(await patiently(() => this.#database.prepare(sql).all(number)));
  }

  async hasSince(account: string, number: number): Promise<boolean> {
    const sql = 'SELECT 1 FROM session_notices WHERE number > ? AND account = ? LIMIT 1';
    return (await patiently(() => this.#database.prepare(sql).get(number, account))) !== undefined;
  }
}

const ROW = z.object({
  number: z.number(),
  account: z.string(),
  ends: z
    .string()
    .nullable()
    .transform((ends) => ends ?? undefined),
});

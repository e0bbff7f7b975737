import { z } from 'zod';
import type { DatabaseSync } from './sqlite.ts';

/** What a server that runs has to tell the open sessions of an account. */
export interface SessionNotice {
  readonly number: number;
  readonly account: string;
  /** Why they end, for the log; undefined where only the account's expiry has changed. */
  readonly ends: string | undefined;
}

/** Notices that are kept. A server looks for new ones several times a second. */
const MAX_KEPT = 10_000;
/** Notices that are read at once. */
const MAX_READ = 100;

/** How whoever changes an account tells the server that runs, which is another process. Numbers only grow. */
export class SessionNotices {
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

  /** The number of the newest one; 0 where there was none yet. */
  latest(): number {
    return Number(this.#database.prepare('SELECT max(number) AS latest FROM session_notices').get()?.['latest'] ?? 0);
  }

  /** Those behind `number`, oldest first, so many at the most. */
  after(number: number): SessionNotice[] {
    const sql = `SELECT number, account, ends FROM session_notices WHERE number > ? ORDER BY number LIMIT ${MAX_READ}`;
    return z.array(ROW).parse(this.#database.prepare(sql).all(number));
  }

  /** Whether there is one behind `number` for the account. */
  hasSince(account: string, number: number): boolean {
    const sql = 'SELECT 1 FROM session_notices WHERE number > ? AND account = ? LIMIT 1';
    return this.#database.prepare(sql).get(number, account) !== undefined;
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

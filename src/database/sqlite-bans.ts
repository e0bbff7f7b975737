import { z } from 'zod';
import { type Ban, type BanStore, background } from '../core/index.ts';
import type { BackgroundWriter } from './background-writer.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';

/** Bans of networks in SQLite; those that are over go when the others are loaded. */
export class SqliteBans implements BanStore {
  readonly #database: DatabaseSync;
  readonly #writer: BackgroundWriter;

  constructor(database: DatabaseSync, writer: BackgroundWriter) {
    this.#database = database;
    this.#writer = writer;
  }

  async load(): Promise<readonly Ban[]> {
    const rows = await patiently(() => this.#database.prepare('SELECT network, until, since, reason FROM bans').all());
    const bans = z.array(ROW).parse(rows);
    const now = Date.now();
    const holding = bans.filter(({ until }) => until.getTime() > now);
    if (holding.length < bans.length) {
      const written = this.#writer.write({ sql: 'DELETE FROM bans WHERE until <= ?', values: [now] });
      // The next start will find them again.
      background(written, () => undefined);
    }
    return holding;
  }

  save({ network, until, operator }: Ban): Promise<void> {
    const sql = 'INSERT OR REPLACE INTO bans (network, until, since, reason) VALUES (?, ?, ?, ?)';
    const values = [network, until.getTime(), operator?.since.getTime() ?? null, operator?.reason ?? null];
    return this.#writer.write({ sql, values });
  }

  remove(network: string): Promise<void> {
    return this.#writer.write({ sql: 'DELETE FROM bans WHERE network = ?', values: [network] });
  }
}

const MOMENT = z.number().transform((time) => new Date(time));
const ROW = z
  .object({ network: z.string(), until: MOMENT, since: MOMENT.nullable(), reason: z.string().nullable() })
  .transform(
    ({ network, until, since, reason }): Ban => ({
      network,
      until,
      ...(since && { operator: { since, reason: reason ?? '' } }),
    }),
  );

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
    const rows = await patiently(() => this.#database.prepare('SELECT network, until FROM bans').all());
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

  save({ network, until }: Ban): Promise<void> {
    const sql = 'INSERT INTO bans (network, until) VALUES (?, ?) ON CONFLICT DO UPDATE SET until = excluded.until';
    return this.#writer.write({ sql, values: [network, until.getTime()] });
  }
}

const ROW = z.object({ network: z.string(), until: z.number().transform((time) => new Date(time)) });

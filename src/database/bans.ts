import { z } from 'zod';
import type { Ban, BanStore } from '../core/index.ts';
import type { DatabaseSync } from './sqlite.ts';

/** Bans of networks; those that are over go when the others are loaded. */
export class Bans implements BanStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  load(): Ban[] {
    this.#database.prepare('DELETE FROM bans WHERE until <= ?').run(Date.now());
    const rows = this.#database.prepare('SELECT network, until FROM bans').all();
    return z.array(ROW).parse(rows);
  }

  save({ network, until }: Ban): void {
    this.#database
      .prepare('INSERT INTO bans (network, until) VALUES (?, ?) ON CONFLICT DO UPDATE SET until = excluded.until')
      .run(network, until.getTime());
  }
}

const ROW = z.object({ network: z.string(), until: z.number().transform((time) => new Date(time)) });

import { z } from 'zod';
import type { Ban } from '../core/index.ts';
import type { DatabaseSync } from './sqlite.ts';
import type { Statement } from './statement.ts';

/** Bans of networks; those that are over go when the others are loaded. */
export class Bans {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  load(): Ban[] {
    this.#database.prepare('DELETE FROM bans WHERE until <= ?').run(Date.now());
    const rows = this.#database.prepare('SELECT network, until FROM bans').all();
    return z.array(ROW).parse(rows);
  }
}

/** Says that a network is banned. */
export function banRecord({ network, until }: Ban): Statement {
  const sql = 'INSERT INTO bans (network, until) VALUES (?, ?) ON CONFLICT DO UPDATE SET until = excluded.until';
  return { sql, values: [network, until.getTime()] };
}

const ROW = z.object({ network: z.string(), until: z.number().transform((time) => new Date(time)) });

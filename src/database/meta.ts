import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';

/** Single facts about this installation, by key. */
export class Meta {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get(key: string): string | undefined {
    const row = this.#database.prepare('SELECT value FROM meta WHERE key = ?').get(key);
    return row && String(row['value']);
  }

  async set(key: string, value: string): Promise<void> {
    const sql = 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
    await patiently(() => this.#database.prepare(sql).run(key, value));
  }
}

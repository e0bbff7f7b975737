import type { BackgroundWriter } from './background-writer.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';

/** Longer than anything that is told before or at its end stays of interest. */
const KEEP_MS = 400 * 86_400_000;

/** What somebody was told once, by a key that names whom, of what, and until when. */
export class SqliteTold {
  readonly #database: DatabaseSync;
  readonly #writer: BackgroundWriter;

  constructor(database: DatabaseSync, writer: BackgroundWriter) {
    this.#database = database;
    this.#writer = writer;
  }

  async has(key: string): Promise<boolean> {
    const row = await patiently(() => this.#database.prepare('SELECT 1 FROM told WHERE key = ?').get(key));
    return row !== undefined;
  }

  /** Resolves when it is on the medium. Those of long ago go. */
  mark(keys: readonly string[], now = Date.now()): Promise<void> {
    const marks = keys.map((key) => ({
      sql: 'INSERT INTO told (key, told_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
      values: [key, now],
    }));
    return this.#writer.write(...marks, { sql: 'DELETE FROM told WHERE told_at < ?', values: [now - KEEP_MS] });
  }
}

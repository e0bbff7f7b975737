import { z } from 'zod';
import { AdministratorError, noSuchAdministrator, type Passkey, type PasskeyStore } from '../core/index.ts';
import type { BackgroundWriter } from './background-writer.ts';
import { patiently } from './busy.ts';
import type { DatabaseSync } from './sqlite.ts';
import { transaction } from './transaction.ts';

/** Passkeys of administrators in SQLite. Their use is noted on the writer's thread. */
export class SqlitePasskeys implements PasskeyStore {
  readonly #database: DatabaseSync;
  readonly #writer: BackgroundWriter;

  constructor(database: DatabaseSync, writer: BackgroundWriter) {
    this.#database = database;
    this.#writer = writer;
  }

  async find(id: string): Promise<Passkey | undefined> {
    const sql = 'SELECT * FROM admin_passkeys WHERE id = ?';
    const row = await patiently(() => this.#database.prepare(sql).get(id));
    return row && PASSKEY.parse(row);
  }

  async of(administrator: string): Promise<readonly Passkey[]> {
    const sql = 'SELECT * FROM admin_passkeys WHERE administrator = ? ORDER BY created_at, id';
    return z.array(PASSKEY).parse(await patiently(() => this.#database.prepare(sql).all(administrator)));
  }

  async counts(): Promise<ReadonlyMap<string, number>> {
    const sql = 'SELECT administrator, count(*) AS passkeys FROM admin_passkeys GROUP BY administrator';
    const rows = await patiently(() => this.#database.prepare(sql).all());
    return new Map(rows.map(({ administrator, passkeys }) => [String(administrator), Number(passkeys)]));
  }

  add({ id, administrator, label, publicKey, counter, createdAt }: Passkey, most: number): Promise<void> {
    const sql = `INSERT INTO admin_passkeys (id, administrator, label, public_key, counter, created_at)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const add = () => {
      const held = this.#one(
        'SELECT (SELECT count(*) FROM admin_passkeys WHERE administrator = name) AS passkeys FROM administrators WHERE name = ?',
        administrator,
      );
      if (!held) throw noSuchAdministrator(administrator);
      if (Number(held['passkeys']) >= most) {
        const message = `The administrator ${administrator} has ${most} passkeys, and no room for another one: remove one first`;
        throw new AdministratorError('too-many-passkeys', message);
      }
      const values = [id, administrator, label, publicKey, counter, createdAt.getTime()];
      if (this.#database.prepare(sql).run(...values).changes > 0) return;
      throw new AdministratorError('passkey-exists', 'This passkey is known already');
    };
    return patiently(() => transaction(this.#database, add));
  }

  remove(administrator: string, id?: string): Promise<number> {
    const remove = () => {
      const [sql, values] =
        id === undefined
          ? ['DELETE FROM admin_passkeys WHERE administrator = ?', [administrator]]
          : ['DELETE FROM admin_passkeys WHERE administrator = ? AND id = ?', [administrator, id]];
      const removed = Number(this.#database.prepare(sql).run(...values).changes);
      const end = 'UPDATE administrators SET revision = revision + 1 WHERE name = ?';
      if (removed > 0) this.#database.prepare(end).run(administrator);
      return removed;
    };
    return patiently(() => transaction(this.#database, remove));
  }

  recordUse(id: string, counter: number): Promise<void> {
    const sql = 'UPDATE admin_passkeys SET last_used_at = ?, counter = max(counter, ?) WHERE id = ?';
    return this.#writer.write({ sql, values: [Date.now(), counter, id] });
  }

  #one(sql: string, value: string): Readonly<Record<string, unknown>> | undefined {
    return this.#database.prepare(sql).get(value);
  }
}

const MOMENT = z.number().transform((time) => new Date(time));

const PASSKEY = z
  .object({
    id: z.string(),
    administrator: z.string(),
    label: z.string(),
    public_key: z.string(),
    counter: z.number(),
    created_at: MOMENT,
    last_used_at: MOMENT.nullable(),
  })
  .transform(
    ({ public_key: publicKey, created_at: createdAt, last_used_at: used, ...rest }): Passkey => ({
      ...rest,
      publicKey,
      createdAt,
      ...(used && { lastUsedAt: used }),
    }),
  );

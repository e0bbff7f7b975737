import { copyFileSync, linkSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { flush } from './copy.ts';
import { DatabaseError } from './database-error.ts';
import { schemaOf } from './migrations.ts';
import { DatabaseSync } from './sqlite.ts';

/**
 * What was made, changed or removed since a copy was kept, each as a part of a sentence. Logins and locks are not among it, nor
 * bans that failed logins have brought.
 */
export function changedSince(file: string, copy: string): readonly string[] {
  using now = new DatabaseSync(file, { readOnly: true });
  using before = new DatabaseSync(copy, { readOnly: true });
  return KINDS.flatMap(({ noun, sql }) => differences(noun, rowsOf(before, sql), rowsOf(now, sql)));
}

/**
 * Puts a copy in the place of the database, which is kept under another name, and gives that. Nobody else may have it open.
 * @throws DatabaseError `unusable`
 */
export function putBack(file: string, copy: string, now = new Date()): string {
  const moment = now.toISOString().replace(/[-:.]/g, '');
  const kept = `${file}.newer-schema-${schemaOf(file)}.${moment}`;
  const part = `${file}.returning.part`;
  settle(file);
  rmSync(part, { force: true });
  try {
    copyFileSync(copy, part);
    flush(part);
    // At no moment is there no database: a server would begin a new one.
    linkSync(file, kept);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  flush(path.dirname(file));
  return kept;
}

/** What a command changes, by name, with what changes whenever it does. */
const KINDS = [
  { noun: 'account', sql: 'SELECT name, updated_at, password_changed_at FROM accounts' },
  { noun: 'group', sql: 'SELECT name, updated_at FROM account_groups' },
  { noun: 'ban', sql: 'SELECT network AS name, until, since FROM bans WHERE since IS NOT NULL' },
] as const;

function rowsOf(database: DatabaseSync, sql: string): ReadonlyMap<string, string> {
  try {
    return new Map(
      database
        .prepare(sql)
        .all()
        .map((row) => [String(row['name']), JSON.stringify(row)]),
    );
  } catch (error) {
    // An older schema has no such table, or no such column.
    if (error instanceof Error && /no such (?:table|column)/.test(error.message)) return new Map();
    throw error;
  }
}

function differences(
  noun: string,
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly string[] {
  const names = [...new Set([...before.keys(), ...now.keys()])].toSorted((one, other) => (one < other ? -1 : 1));
  return names.flatMap((name) => {
    if (!before.has(name)) return [`${noun} ${name}: made since`];
    if (!now.has(name)) return [`${noun} ${name}: removed since`];
    return before.get(name) === now.get(name) ? [] : [`${noun} ${name}: changed since`];
  });
}

/** All that was committed is in the file itself then, and none of it beside it. */
function settle(file: string): void {
  try {
    using database = new DatabaseSync(file);
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = DELETE');
  } catch (cause) {
    throw new DatabaseError('unusable', `Another program has ${file} open: end it first`, { cause });
  }
}

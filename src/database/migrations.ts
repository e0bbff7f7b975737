import { DatabaseError } from './database-error.ts';
import { DatabaseSync } from './sqlite.ts';
import { transaction } from './transaction.ts';

/**
 * The history of the schema: entry N leads from version N to N + 1 (`PRAGMA user_version`; a new file has 0). An entry
 * that was published is never changed. What an account may do is one JSON document, so that a new setting needs no new
 * column; what is looked up, or must not be shown with the rest, is a column.
 */
const MIGRATIONS = [
  `CREATE TABLE accounts (
     name TEXT PRIMARY KEY,
     settings TEXT NOT NULL,
     password_hash TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     password_changed_at INTEGER NOT NULL,
     last_login_at INTEGER
   ) STRICT;
   CREATE TABLE bans (network TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
   CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;`,
  'CREATE TABLE session_notices (number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, ends TEXT) STRICT;',
  // What is FTP's own in an account has a group of its own. A document that can't be read stays as it is.
  `UPDATE accounts SET settings = json_set(
     json_remove(settings, '$.sessionReuse', '$.endOfStream'),
     '$.ftp', json_patch('{}', json_object(
       'sessionReuse', json_extract(settings, '$.sessionReuse'),
       'endOfStream', json_extract(settings, '$.endOfStream'))))
   WHERE json_valid(settings) AND json_type(settings) = 'object';`,
  // Of bans that an operator has set.
  'ALTER TABLE bans ADD COLUMN since INTEGER; ALTER TABLE bans ADD COLUMN reason TEXT;',
  // A document says what its account says itself, and the rest is inherited. Until now each document had all initial values.
  `CREATE TABLE account_groups (
     name TEXT PRIMARY KEY,
     settings TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL
   ) STRICT;
   UPDATE accounts SET settings = json_remove(settings, '$.mounts')
   WHERE json_valid(settings) AND json_extract(settings, '$.mounts') = '[]';
   UPDATE accounts SET settings = json_remove(settings, '$.allowedAddresses')
   WHERE json_valid(settings) AND json_extract(settings, '$.allowedAddresses') = '[]';
   UPDATE accounts SET settings = json_remove(settings, '$.certificate.use')
   WHERE json_valid(settings) AND json_extract(settings, '$.certificate.use') = 'none';`,
  // Locks after too many wrong passwords, and the hashes of earlier passwords.
  `ALTER TABLE accounts ADD COLUMN locked_until INTEGER;
   CREATE TABLE earlier_passwords (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
     hash TEXT NOT NULL
   ) STRICT;
   CREATE INDEX earlier_passwords_of ON earlier_passwords (account, number);`,
  `CREATE TABLE administrators (
     name TEXT PRIMARY KEY,
     role TEXT NOT NULL,
     groups TEXT NOT NULL,
     disabled INTEGER NOT NULL,
     password_hash TEXT NOT NULL,
     totp_secret TEXT,
     totp_step INTEGER,
     created_at INTEGER NOT NULL,
     password_changed_at INTEGER NOT NULL,
     last_login_at INTEGER,
     locked_until INTEGER
   ) STRICT;
   CREATE TABLE admin_tokens (
     id TEXT PRIMARY KEY,
     administrator TEXT NOT NULL REFERENCES administrators (name) ON DELETE CASCADE,
     label TEXT NOT NULL,
     role TEXT NOT NULL,
     secret_hash TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     last_used_at INTEGER
   ) STRICT;
   CREATE INDEX admin_tokens_of ON admin_tokens (administrator, created_at);`,
  // Passwords that their holders must change before anything else.
  'ALTER TABLE accounts ADD COLUMN must_change_password INTEGER NOT NULL DEFAULT 0;',
  // What somebody was told, so that nobody is told twice.
  'CREATE TABLE told (key TEXT PRIMARY KEY, told_at INTEGER NOT NULL) STRICT;',
  // By what TLS an account has last signed in.
  'ALTER TABLE accounts ADD COLUMN last_login_tls TEXT;',
  // Grows with each change of an administrator after which its sessions are over.
  'ALTER TABLE administrators ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;',
  // Of administrators: the hashes of earlier passwords, the newest first, and passwords that must be changed before anything else.
  `ALTER TABLE administrators ADD COLUMN earlier_hashes TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE administrators ADD COLUMN must_change_password INTEGER NOT NULL DEFAULT 0;`,
  // Second factors of accounts.
  `ALTER TABLE accounts ADD COLUMN totp_secret TEXT;
   ALTER TABLE accounts ADD COLUMN totp_step INTEGER;`,
  // Passkeys of administrators.
  `CREATE TABLE admin_passkeys (
     id TEXT PRIMARY KEY,
     administrator TEXT NOT NULL REFERENCES administrators (name) ON DELETE CASCADE,
     label TEXT NOT NULL,
     public_key TEXT NOT NULL,
     counter INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     last_used_at INTEGER
   ) STRICT;
   CREATE INDEX admin_passkeys_of ON admin_passkeys (administrator, created_at);`,
];

/** What belongs to bringing an older database up to date; a new one needs none of it. */
export interface Migration {
  /** Held while it lasts. Where others work on the database by an older program, it throws. */
  readonly hold?: () => Disposable;
  /** Keeps the database of that schema as it was. It is called with the write lock held; where it throws, nothing is changed. */
  readonly keep: (schema: number) => void;
}

/** Brings the schema up to date, in one step or not at all. @throws DatabaseError `newer-schema` */
export function migrate(database: DatabaseSync, migration?: Migration): void {
  const found = versionOf(database);
  if (found === MIGRATIONS.length) return;
  using _held = found > 0 && found < MIGRATIONS.length ? migration?.hold?.() : undefined;
  transaction(database, () => {
    const version = versionOf(database);
    refuseNewer(version);
    if (version === MIGRATIONS.length) return;
    if (version > 0) migration?.keep(version);
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

/** Whether all of it can be read, and by this Lockport. @throws DatabaseError `newer-schema`, `unusable` */
export function checkDatabase(file: string): void {
  using database = new DatabaseSync(file, { readOnly: true });
  refuseNewer(versionOf(database));
  const result = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  if (result !== 'ok') throw new DatabaseError('unusable', `The database is damaged: ${String(result)}`);
}

/** Of a database file. */
export function schemaOf(file: string): number {
  using database = new DatabaseSync(file, { readOnly: true });
  return versionOf(database);
}

/** The schema of this Lockport. */
export const KNOWN_SCHEMA = MIGRATIONS.length;

function refuseNewer(version: number): void {
  if (version <= MIGRATIONS.length) return;
  throw new DatabaseError(
    'newer-schema',
    `A newer Lockport wrote this database (schema ${version}, this one knows ${MIGRATIONS.length}): run that version, or go back by its "lockport upgrade back"`,
  );
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

import { chmodSync, closeSync, openSync } from 'node:fs';
import type { AccountStore, AdministratorStore, BanStore, PasskeyStore } from '../core/index.ts';
import { BackgroundWriter } from './background-writer.ts';
import { keepCopy } from './copy.ts';
import { DatabaseError } from './database-error.ts';
import { besideCopy, dropOldCopies } from './kept-copies.ts';
import { Meta } from './meta.ts';
import { migrate } from './migrations.ts';
import { DatabaseSync } from './sqlite.ts';
import { SqliteAccounts } from './sqlite-accounts.ts';
import { SqliteAdministrators } from './sqlite-administrators.ts';
import { SqliteBans } from './sqlite-bans.ts';
import { SqlitePasskeys } from './sqlite-passkeys.ts';
import { SqliteTold } from './sqlite-told.ts';

/** The embedded database. Disposing it waits for a moment for what is being written, and closes the file. */
export interface Database extends AsyncDisposable {
  readonly accounts: AccountStore;
  readonly bans: BanStore;
  readonly administrators: AdministratorStore;
  readonly passkeys: PasskeyStore;
  readonly meta: Meta;
  readonly told: SqliteTold;
}

export interface OpenDatabaseOptions {
  /** Called once with a sentence when an older database was migrated: it says where the copy is. */
  readonly onMigrated?: (message: string) => void;
  /** Keeps what belongs to the database beside its copy, in a directory of its own; where it throws, nothing is changed. */
  readonly keepBeside?: (directory: string) => void;
  /** Held while an older database is brought up to date; throws where that can't be done now. */
  readonly holdForMigration?: () => Disposable;
}

/**
 * Opens the SQLite file, makes it where there is none (only its owner may read it: it holds password hashes), and
 * brings its schema up to date, with a copy of an older one kept beside it. Several processes may have it open at once.
 * @throws DatabaseError `unusable`, `newer-schema`
 */
export function openDatabase(file: string, options: OpenDatabaseOptions = {}): Database {
  const database = connect(file, options);
  const writer = new BackgroundWriter(file);
  return {
    accounts: new SqliteAccounts(database, writer),
    bans: new SqliteBans(database, writer),
    administrators: new SqliteAdministrators(database, writer),
    passkeys: new SqlitePasskeys(database, writer),
    meta: new Meta(database),
    told: new SqliteTold(database, writer),
    async [Symbol.asyncDispose]() {
      await writer[Symbol.asyncDispose]();
      database.close();
    },
  };
}

function connect(file: string, { onMigrated, keepBeside, holdForMigration }: OpenDatabaseOptions): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    database = new DatabaseSync(file, { enableForeignKeyConstraints: true });
    // Readers and the one writer do not wait for each other; a second writer waits. A commit is on the medium when done.
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    let copy: string | undefined;
    const keep = (schema: number) => {
      copy = keepCopy(file, schema);
      keepBeside?.(besideCopy(copy));
    };
    migrate(database, { keep, ...(holdForMigration && { hold: holdForMigration }) });
    if (copy !== undefined) {
      dropOldCopies(file);
      onMigrated?.(
        `The database of an older Lockport was brought up to date; as it was before, it is kept in ${copy} ("lockport upgrade back" returns to it)`,
      );
    }
    // From now on nothing waits for a lock on this thread: `patiently` asks again instead.
    database.exec('PRAGMA busy_timeout = 0');
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof DatabaseError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseError('unusable', `Cannot use the database ${file}: ${reason}`, { cause });
  }
}

import { chmodSync, closeSync, openSync } from 'node:fs';
import { Accounts } from './accounts.ts';
import { Bans } from './bans.ts';
import { DatabaseError } from './database-error.ts';
import { Meta } from './meta.ts';
import { migrate } from './migrations.ts';
import { SessionNotices } from './session-notices.ts';
import { DatabaseSync } from './sqlite.ts';

/** The embedded database. Disposing it closes the file. */
export interface Database extends Disposable {
  readonly accounts: Accounts;
  readonly bans: Bans;
  readonly meta: Meta;
  readonly notices: SessionNotices;
  /** From now on nothing waits for a lock of another process: it fails, and `patiently` asks again. For a server's own thread. */
  waitNever(): void;
}

/**
 * Opens the SQLite file, makes it where there is none (only its owner may read it: it holds password hashes), and
 * brings its schema up to date. Several processes may have it open at once.
 * @throws DatabaseError `unusable`, `newer-schema`
 */
export function openDatabase(file: string): Database {
  const database = connect(file);
  const notices = new SessionNotices(database);
  return {
    accounts: new Accounts(database, notices),
    bans: new Bans(database),
    meta: new Meta(database),
    notices,
    waitNever: () => database.exec('PRAGMA busy_timeout = 0'),
    [Symbol.dispose]: () => database.close(),
  };
}

function connect(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    database = new DatabaseSync(file, { enableForeignKeyConstraints: true });
    // Readers and the one writer do not wait for each other; a second writer waits. A commit is on the medium when done.
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(database);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof DatabaseError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseError('unusable', `Cannot use the database ${file}: ${reason}`, { cause });
  }
}

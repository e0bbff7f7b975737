import process from 'node:process';
import type * as Sqlite from 'node:sqlite';

/** `node:sqlite`, without the one warning that Node 22 gives for it: it would stand in the output of every command. */
export const { DatabaseSync } = loadQuietly();
export type DatabaseSync = Sqlite.DatabaseSync;

function loadQuietly(): typeof Sqlite {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = new Proxy(emitWarning, {
    apply(emit, self, warning: unknown[]) {
      if (!String(warning[0]).startsWith('SQLite is an experimental feature')) Reflect.apply(emit, self, warning);
    },
  });
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from './sqlite.ts';

/**
 * Copies the database as it is now, whole and on the medium, beside its file; only the owner may read the copy. Gives its
 * name. The transaction that the caller has begun keeps others from writing meanwhile.
 */
export function keepCopy(file: string, schema: number, now = new Date()): string {
  const moment = now.toISOString().replace(/[-:.]/g, '');
  const copy = `${file}.schema-${schema}.${moment}.backup`;
  // An empty file is what VACUUM INTO takes, and makes its own with the mode of the umask otherwise.
  closeSync(openSync(copy, 'wx', 0o600));
  try {
    using reader = new DatabaseSync(file, { readOnly: true });
    reader.prepare('VACUUM INTO ?').run(copy);
    flush(copy);
    flush(path.dirname(copy));
    return copy;
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  }
}

function flush(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

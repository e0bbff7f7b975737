import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from './sqlite.ts';

/** Ends the name of a copy that is being made. */
const PART = '.part';
const UNFINISHED = /^\d+\.\d{8}T\d{9}Z\.backup\.part$/;

/**
 * Copies the database as it is now, whole and on the medium, beside its file; only the owner may read the copy. Gives its
 * name, which it has only when it is whole. The transaction that the caller has begun keeps others from writing meanwhile.
 */
export function keepCopy(file: string, schema: number, now = new Date()): string {
  const moment = now.toISOString().replace(/[-:.]/g, '');
  const copy = `${file}.schema-${schema}.${moment}.backup`;
  const part = `${copy}${PART}`;
  removeUnfinished(file);
  try {
    copyDatabase(file, part);
    renameSync(part, copy);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  flush(path.dirname(copy));
  return copy;
}

/** Copies the database as it is at one moment to a new file, which only the owner may read. Others may use it meanwhile. */
export function copyDatabase(file: string, target: string): void {
  using reader = new DatabaseSync(file, { readOnly: true });
  // An empty file is what VACUUM INTO takes, and makes its own with the mode of the umask otherwise.
  closeSync(openSync(target, 'wx', 0o600));
  reader.prepare('VACUUM INTO ?').run(target);
  flush(target);
}

/** What a crash left of earlier copies: whoever has the write lock is the only one that makes any. */
function removeUnfinished(file: string): void {
  const directory = path.dirname(file);
  const start = `${path.basename(file)}.schema-`;
  for (const name of readdirSync(directory)) {
    if (name.startsWith(start) && UNFINISHED.test(name.slice(start.length))) rmSync(path.join(directory, name));
  }
}

/** Has the system write a file, or the names in a directory. */
export function flush(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import {
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { auditPaths } from '../../operations/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { systemCode } from '../system-error.ts';

/**
 * Keeps what belongs to a database before it is brought up to date: the server's own certificate and key, the key of the audit
 * trail and what proves it, and the configuration in force. They lie in the data directory as those do, and only its owner
 * may read them. The directory appears whole.
 */
export function keepFiles(configuration: Configuration, directory: string): void {
  const part = `${directory}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { mode: 0o700 });
  const paths = pathsIn(configuration.dataDir);
  const { key, keys, heads } = auditPaths(paths.audit);
  copyInto(path.join(part, 'tls'), filesIn(paths.tls));
  copyInto(path.join(part, 'audit'), [key, keys, heads]);
  const text = `${JSON.stringify(configuration, undefined, 2)}\n`;
  writeFileSync(path.join(part, 'configuration.json'), text, { mode: 0o600, flush: true });
  renameSync(part, directory);
  flushDirectory(path.dirname(directory));
}

function filesIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(directory, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function copyInto(directory: string, files: readonly string[]): void {
  mkdirSync(directory, { mode: 0o700 });
  for (const file of files) copyIfThere(file, path.join(directory, path.basename(file)));
  flushDirectory(directory);
}

function copyIfThere(file: string, target: string): void {
  try {
    copyFileSync(file, target);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  chmodSync(target, 0o600);
  flushDirectory(target);
}

/** A directory, or a file. */
function flushDirectory(place: string): void {
  const descriptor = openSync(place, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

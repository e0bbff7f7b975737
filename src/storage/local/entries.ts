import type { BigIntStats } from 'node:fs';
import { type Entry, StorageError } from '../../core/index.ts';

const PERMISSION_BITS = 0o7777n;

/** The entry, or undefined for what is neither file, directory nor link: a FIFO, a socket, a device. */
export function entryOf(name: string, stats: BigIntStats, target?: string): Entry | undefined {
  const kind = kindOf(stats);
  if (kind === undefined) return undefined;
  return {
    name,
    kind,
    size: kind === 'directory' ? 0 : Number(stats.size),
    modified: stats.mtime,
    ...(stats.birthtimeNs > 0n && { created: stats.birthtime }),
    mode: Number(stats.mode & PERMISSION_BITS),
    owner: String(stats.uid),
    group: String(stats.gid),
    unique: `${stats.dev.toString(36)}.${stats.ino.toString(36)}`,
    ...(target !== undefined && { target }),
  };
}

/** @throws StorageError `denied` for what `entryOf` knows not. */
export function plainEntryOf(name: string, stats: BigIntStats): Entry {
  const entry = entryOf(name, stats);
  if (entry === undefined) throw new StorageError('denied', 'This is not a regular file');
  return entry;
}

function kindOf(stats: BigIntStats): Entry['kind'] | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : undefined;
}

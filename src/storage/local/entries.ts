import type { BigIntStats } from 'node:fs';
import { type Entry, StorageError } from '../../core/index.ts';

const PERMISSION_BITS = 0o7777;

/** The entry, or undefined for what is neither file, directory nor link: a FIFO, a socket, a device. */
export function entryOf(name: string, stats: BigIntStats, target?: string): Entry | undefined {
  const kind = kindOf(stats);
  if (kind === undefined) return undefined;
  // Written into, not spread together: this is made for each of a million entries.
  const entry: { -readonly [field in keyof Entry]: Entry[field] } = {
    name,
    kind,
    size: kind === 'directory' ? 0 : Number(stats.size),
    modified: new Date(Number(stats.mtimeMs)),
    mode: Number(stats.mode) & PERMISSION_BITS,
    owner: ownerText(stats.uid),
    group: groupText(stats.gid),
    unique: `${deviceText(stats.dev)}.${stats.ino.toString(36)}`,
  };
  if (stats.birthtimeNs > 0n) entry.created = new Date(Number(stats.birthtimeMs));
  if (target !== undefined) entry.target = target;
  return entry;
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

const ownerText = remembering(String);
const groupText = remembering(String);
const deviceText = remembering((device) => device.toString(36));

/** The entries of a directory have one device and few owners: a text is made anew only where the number changes. */
function remembering(textOf: (id: bigint) => string): (id: bigint) => string {
  let lastId: bigint | undefined;
  let lastText = '';
  return (id) => {
    if (id !== lastId) {
      lastId = id;
      lastText = textOf(id);
    }
    return lastText;
  };
}

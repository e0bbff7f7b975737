import type { Entry, StoredEntry } from '../../core/index.ts';
import { plainSize, storedSize } from './layout.ts';
import { plainTarget, type StoredNames } from './name-cipher.ts';

/** What an entry of the storage below is here; undefined for one whose name is none of ours. */
export function plainEntry(names: StoredNames, stored: Entry): Entry | undefined {
  const name = stored.name === '' ? '' : names.plain(stored.name);
  return name === undefined ? undefined : { ...stored, ...changedParts(names, stored), name };
}

/** The same for an entry of a known name. */
export function entryNamed(names: StoredNames, name: string, stored: Entry): Entry {
  return { ...stored, ...changedParts(names, stored), name };
}

/** What a commit gave. */
export function plainStored(names: StoredNames, name: string, { replaced, ...stored }: StoredEntry): StoredEntry {
  return {
    ...stored,
    ...changedParts(names, stored),
    name,
    ...(replaced && { replaced: entryNamed(names, name, replaced) }),
  };
}

/** What the storage below is to compare with. */
export function storedEntry(entry: Entry): Entry {
  return entry.kind === 'file' ? { ...entry, size: storedSize(entry.size) } : entry;
}

function changedParts(names: StoredNames, { kind, size, target }: Entry): Partial<Entry> {
  if (kind === 'file') return { size: plainSize(size) };
  return target === undefined ? {} : { target: plainTarget(names, target) };
}

import type { Entry } from './storage.ts';

/** Whether both describe the same entry, unchanged. */
export function isSameEntry(one: Entry, other: Entry): boolean {
  return (
    one.kind === other.kind &&
    one.unique === other.unique &&
    one.size === other.size &&
    one.modified.getTime() === other.modified.getTime()
  );
}

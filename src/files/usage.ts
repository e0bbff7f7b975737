import type { Entry, Usage } from '../core/index.ts';

export const NOTHING: Usage = { bytes: 0, files: 0 };

export function sum(one: Usage, other: Usage): Usage {
  return { bytes: one.bytes + other.bytes, files: one.files + other.files };
}

export function difference(from: Usage, less: Usage): Usage {
  return { bytes: from.bytes - less.bytes, files: from.files - less.files };
}

/** The same, but never below nothing. */
export function excess(from: Usage, less: Usage): Usage {
  return { bytes: Math.max(0, from.bytes - less.bytes), files: Math.max(0, from.files - less.files) };
}

export function isNothing({ bytes, files }: Usage): boolean {
  return bytes === 0 && files === 0;
}

/** What an entry counts for: a link is a file without bytes, a directory nothing. */
export function usageOf(entry: Entry | undefined): Usage {
  if (entry === undefined || entry.kind === 'directory') return NOTHING;
  return { bytes: entry.kind === 'file' ? entry.size : 0, files: 1 };
}

import type { RemoteEntry } from '../../client/index.ts';

/** A line of `ls -l` for an entry that is to be called `name`; `-` stands for what the server does not tell. */
export function longLine(entry: RemoteEntry, name: string): string {
  const { kind, size, modified, target } = entry;
  const isSized = kind === 'file' || kind === 'other';
  return [
    modeText(entry),
    (entry.owner ?? '-').padEnd(8),
    (entry.group ?? '-').padEnd(8),
    String(isSized ? (size ?? '-') : '-').padStart(12),
    modified ? timeText(modified, entry.modifiedPrecision) : '-'.padEnd(16),
    kind === 'link' && target !== undefined ? `${name} -> ${target}` : name,
  ].join(' ');
}

/** In UTC, as far as the listing tells it. */
export function timeText(time: Date, precision: RemoteEntry['modifiedPrecision'] = 'second'): string {
  const text = time.toISOString();
  return precision === 'day' ? text.slice(0, 10).padEnd(16) : text.slice(0, 16).replace('T', ' ');
}

const KIND_LETTERS: { readonly [kind in RemoteEntry['kind']]: string } = {
  file: '-',
  directory: 'd',
  link: 'l',
  other: '?',
};

/** `drwxr-xr-x` */
export function modeText({ kind, mode }: Pick<RemoteEntry, 'kind' | 'mode'>): string {
  const letter = KIND_LETTERS[kind];
  if (mode === undefined) return letter.padEnd(10);
  const bits = Array.from({ length: 9 }, (_, index) => ((mode >> (8 - index)) & 1 ? ('rwx'[index % 3] ?? '') : '-'));
  return `${letter}${bits.join('')}`;
}

import type { ShownKeptFile, TrashOutcome } from '../../service/index.ts';
import { formatMoment } from '../field-texts.ts';
import { counted, formatBytes } from '../quantity.ts';
import { formatTable } from '../table.ts';

/** `lockport trash list` for people. */
export function keptLines(files: readonly ShownKeptFile[]): readonly string[] {
  if (files.length === 0) return ['Nothing is kept of this path'];
  const rows = files.map(({ since, bytes, path, kind }) => [
    formatMoment(new Date(since)),
    kind === 'link' ? 'link' : formatBytes(bytes),
    path,
  ]);
  return formatTable([['UNTIL (UTC)', 'SIZE', 'PATH'], ...rows])
    .trimEnd()
    .split('\n');
}

/** `lockport trash restore` and `purge` for people. */
export function outcomeLines(files: readonly TrashOutcome[], done: string): readonly string[] {
  const failed = files.filter(({ failed }) => failed !== undefined);
  return [
    ...failed.map(({ path, failed }) => `${path}: ${failed}`),
    `${counted(files.length - failed.length, 'file')} ${done}${failed.length > 0 ? `, ${failed.length} not` : ''}`,
  ];
}

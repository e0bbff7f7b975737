import type { Results } from '../results.ts';

/** A figure of the last whole run. */
interface Figure {
  readonly scenario: string;
  readonly subject: string;
  readonly metric: string;
  readonly unit: string;
}

/** The text of a cell, in which each figure stands for its value and unit. */
type Cell = readonly (string | Figure)[];

const large = { metric: 'client CPU with vsftpd', scenario: 'client-download', unit: 's' };
const small = { metric: 'client CPU with vsftpd', scenario: 'client-small-files-down', unit: 'ms' };
const served = { metric: 'server CPU down', scenario: 'download', unit: 's' };
const servedSmall = { metric: 'server CPU down', scenario: 'small-files', unit: 'ms' };
const idle = { metric: 'memory', scenario: 'idle-sessions', unit: 'KiB' };
const unknown = ['not measured'];

/** The rows of README's table that have figures, by their first cell: a cell for each column behind that. */
const ROWS: { readonly [label: string]: readonly Cell[] } = {
  'CPU for 1 GB down': [
    [{ ...served, subject: 'Lockport' }, ' (client ', { ...large, subject: 'Lockport library' }, ')'],
    [{ ...served, subject: 'vsftpd' }],
    unknown,
    unknown,
    [{ ...large, subject: 'basic-ftp' }, ' (client)'],
  ],
  'memory of an idle session': [
    [{ ...idle, subject: 'Lockport' }],
    [{ ...idle, subject: 'vsftpd' }],
    unknown,
    unknown,
    ['–'],
  ],
  'CPU for a file of 4 KiB down': [
    [{ ...servedSmall, subject: 'Lockport' }, ' (client ', { ...small, subject: 'Lockport library' }, ')'],
    [{ ...servedSmall, subject: 'vsftpd' }],
    unknown,
    unknown,
    [{ ...small, subject: 'basic-ftp' }, ' (client)'],
  ],
};

/** README.md with the figures of these results in its table. @throws when it has no such row */
export function headline(text: string, results: Results): string {
  const lines = text.split('\n');
  for (const [label, cells] of Object.entries(ROWS)) {
    const at = lines.findIndex((line) => line.startsWith(`| ${label} `));
    const old = lines[at];
    if (old === undefined) throw new Error(`README.md has no row "${label}"`);
    lines[at] = row(old, [label, ...cells.map((cell) => cell.map((part) => textOf(part, results)).join(''))]);
  }
  return lines.join('\n');
}

function textOf(part: string | Figure, { scenarios }: Results): string {
  if (typeof part === 'string') return part;
  const subjects = scenarios.find(({ name }) => name === part.scenario)?.subjects;
  const metrics = subjects?.find(({ name }) => name === part.subject)?.metrics;
  const median = metrics?.find(({ metric }) => metric === part.metric)?.median;
  return median === undefined ? 'not measured' : `${rounded(median)} ${part.unit}`;
}

function rounded(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(2);
}

/** The cells, each as wide as it was, or wider. */
function row(old: string, cells: readonly string[]): string {
  const widths = old
    .split('|')
    .slice(1, -1)
    .map(({ length }) => length - 2);
  return `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
}

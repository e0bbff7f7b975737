import type { AuditRecord } from './search.ts';

/** The columns of an export; what no column has stands as JSON in the last one. */
const COLUMNS = [
  'n',
  'at',
  'event',
  'account',
  'user',
  'address',
  'session',
  'protocol',
  'path',
  'to',
  'bytes',
  'sha256',
  'outcome',
  'reason',
  'node',
  'worker',
] as const;
const FURTHER = 'further';
const EXPORTED: ReadonlySet<string> = new Set(COLUMNS);

/** The first line of an export as CSV (RFC 4180). */
export const CSV_HEADER = `${[...COLUMNS, FURTHER].join(',')}\r\n`;

export function csvLine(record: AuditRecord): string {
  const further = Object.entries(record).filter(([name]) => !EXPORTED.has(name));
  const cells = COLUMNS.map((name) => cell(record[name]));
  return `${[...cells, cell(further.length === 0 ? undefined : JSON.stringify(Object.fromEntries(further)))].join(',')}\r\n`;
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}

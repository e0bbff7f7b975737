import type { AuditRecord } from '../../../service/index.ts';

/** A record as one line for people. */
export function sentenceOf(record: AuditRecord): string {
  const { n, at, event, account, user, address } = record;
  const who = [account ?? user, address].filter((text) => typeof text === 'string').join('@');
  const what = SHOWN.flatMap((name) => (record[name] === undefined ? [] : [`${name}=${textOf(record[name])}`]));
  return [String(n), at, event, who, ...what].filter((text) => text !== '').join('  ');
}

/** In this order; all else is in the JSON form. */
const SHOWN = [
  'administrator',
  'action',
  'gate',
  'verb',
  'change',
  'group',
  'fields',
  'path',
  'to',
  'bytes',
  'sha256',
  'outcome',
  'reason',
  'method',
  'when',
  'by',
  'failure',
] as const;

function textOf(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value);
}

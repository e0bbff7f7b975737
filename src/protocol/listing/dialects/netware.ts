import type { ServerTime } from '../server-time.ts';
import { findUnixDate } from '../unix-date.ts';
import { readCount, wordsOf } from '../words.ts';
import type { Dialect, Reading } from './dialect.ts';

/** Novell NetWare: `d [RWCEAFMS] owner            512 Jan 02 15:04 name`. */
export const netware: Dialect = { name: 'netware', open: (time) => (line) => readLine(line, time) };

const RIGHTS = /^[-d] ?\[[-A-Z ]{1,16}\] /;

function readLine(line: string, time: ServerTime): Reading {
  const [rights] = RIGHTS.exec(line) ?? [];
  if (rights === undefined) return 'foreign';
  const words = wordsOf(line, rights.length);
  const [owner, size] = words;
  const date = findUnixDate(words, 2, time);
  const bytes = readCount(size?.text);
  if (owner === undefined || bytes === undefined || date === undefined) return 'foreign';
  const { nameStart, ...stamp } = date;
  const name = line.slice(nameStart).trimStart();
  const kind = line.startsWith('d') ? 'directory' : 'file';
  return { name, kind, size: bytes, owner: owner.text, ...stamp };
}

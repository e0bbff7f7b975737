import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../core/index.ts';
import { formatUnixLine } from './unix-line.ts';

const NOW = new Date('2026-07-01T12:00:00Z');
const file: Entry = { name: 'a b', kind: 'file', size: 5, modified: new Date('2026-06-02T03:04:05Z') };

test('a file is shown as ls -l shows it, with ftp for an owner that is not known', () => {
  assert.equal(formatUnixLine(file, NOW), '-rw-r--r--   1 ftp      ftp                 5 Jun 02 03:04 a b');
});

test('mode, owner and group of the entry are shown', () => {
  const entry: Entry = {
    ...file,
    name: 'd',
    kind: 'directory',
    size: 4096,
    mode: 0o750,
    owner: 'ann',
    group: 'longer-than-8',
  };
  assert.equal(formatUnixLine(entry, NOW), 'drwxr-x---   1 ann      longer-than-8         4096 Jun 02 03:04 d');
});

test('a link shows where it leads, where that is known', () => {
  const link: Entry = { ...file, name: 'l', kind: 'link', target: '../x' };
  assert.match(formatUnixLine(link, NOW), /^lrwxrwxrwx .* l -> \.\.\/x$/);
  assert.match(formatUnixLine({ ...file, name: 'l', kind: 'link' }, NOW), /^lrwxrwxrwx .* l$/);
});

test('set-uid, set-gid and sticky bits are shown in the place of x', () => {
  const shown = (mode: number) => formatUnixLine({ ...file, mode }, NOW).slice(0, 10);
  assert.equal(shown(0o4755), '-rwsr-xr-x');
  assert.equal(shown(0o2644), '-rw-r-Sr--');
  assert.equal(shown(0o1777), '-rwxrwxrwt');
  assert.equal(shown(0o7000), '---S--S--T');
});

test('a time of the last half year shows hours, an older or future one shows its year', () => {
  const shown = (time: string) => formatUnixLine({ ...file, modified: new Date(time) }, NOW).slice(-16, -4);
  assert.equal(shown('2026-07-01T12:00:00Z'), 'Jul 01 12:00');
  assert.equal(shown('2026-01-01T00:00:00Z'), 'Jan 01 00:00');
  assert.equal(shown('2025-12-30T23:59:59Z'), 'Dec 30  2025');
  assert.equal(shown('2026-07-01T12:00:01Z'), 'Jul 01  2026');
});

test('a time that is none does not break the listing', () => {
  assert.match(formatUnixLine({ ...file, modified: new Date(Number.NaN) }, NOW), / Jan 01 {2}1970 a b$/);
});

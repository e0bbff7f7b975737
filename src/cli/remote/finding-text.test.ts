import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../client/index.ts';
import { findingLines, findingsSummary } from './finding-text.ts';

const PLAIN = { isUnicode: true, isColoured: false, columns: undefined };

const bad: Finding = { check: 'pasv', verdict: 'bad', message: 'It is wrong', advice: 'Set it right' };
const warning: Finding = { check: 'sessions', verdict: 'warning', message: 'Hm', advice: 'Look' };
const good: Finding = { check: 'login', verdict: 'good', message: 'alice is signed in' };

test('a finding has a mark and its check before it, and advice below', () => {
  assert.deepEqual(findingLines(bad, PLAIN), ['✗ pasv             It is wrong', '                 → Set it right']);
});

test('where there is no UTF-8 everything is ASCII', () => {
  const lines = findingLines(bad, { ...PLAIN, isUnicode: false });
  assert.match(lines.join(''), /^[\x20-\x7e]*$/);
  assert.match(lines[0] ?? '', /^X pasv/);
});

test('the mark alone has the colour', () => {
  const [line = ''] = findingLines(good, { ...PLAIN, isColoured: true });
  assert.ok(line.startsWith('\u001b[32m✓\u001b[0m login'), JSON.stringify(line));
});

test('what a server says can not act on the terminal', () => {
  const lines = findingLines({ ...bad, message: 'a\u001b[2Jb', advice: 'c\u0007d' }, PLAIN, ['e\u009bf']);
  assert.deepEqual(
    lines.map((line) => line.slice(19)),
    ['a\\u001b[2Jb', 'c\\u0007d', 'e\\u009bf'],
  );
});

test('long sentences go on in the same column', () => {
  const lines = findingLines({ ...good, message: 'word '.repeat(20).trim() }, { ...PLAIN, columns: 60 });
  assert.ok(lines.length > 1);
  assert.ok(lines.every((line) => line.length < 60));
  assert.ok(lines.slice(1).every((line) => line.startsWith(`${' '.repeat(19)}word`)));
});

test('the summary counts, and says what to do about the worst', () => {
  assert.equal(
    findingsSummary([good, warning, bad, bad]),
    '2 problems, 1 warning; the first thing to do: Set it right',
  );
  assert.equal(findingsSummary([warning]), '1 warning; the first thing to do: Look');
  assert.equal(findingsSummary([warning, { check: 'abort', verdict: 'bad', message: 'No' }]), '1 problem, 1 warning');
  assert.equal(findingsSummary([good, good]), 'Nothing is wrong (2 findings)');
});

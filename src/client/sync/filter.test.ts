import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesOf, type VirtualPath } from '../../core/index.ts';
import { Filter, type FilterVerdict } from './filter.ts';
import { at } from './tree-fixture.test.ts';

/** As a walk from the top would judge it. A `/` at the end marks a directory. */
function verdict(filter: Filter, text: string): FilterVerdict {
  const path = at(text);
  const names = namesOf(path);
  let found = filter.top;
  for (let count = 1; count <= names.length; count += 1) {
    const isDirectory = count < names.length || text.endsWith('/');
    found = filter.judge(found, `/${names.slice(0, count).join('/')}` as VirtualPath, isDirectory);
  }
  return found;
}

interface Row {
  readonly pattern: string;
  readonly matches: readonly string[];
  readonly leaves: readonly string[];
}

const ROWS: readonly Row[] = [
  { pattern: '*.log', matches: ['a.log', 'x/y/b.log', 'd.log/', 'd.log/inside'], leaves: ['a.logs', 'log'] },
  { pattern: 'cache/', matches: ['cache/', 'x/cache/', 'cache/inside/deep'], leaves: ['cache', 'x/cache'] },
  { pattern: '/top', matches: ['top', 'top/inside'], leaves: ['x/top'] },
  { pattern: 'a/b', matches: ['a/b', 'a/b/c'], leaves: ['x/a/b', 'b', 'a', 'a/c'] },
  { pattern: 'a/*', matches: ['a/b', 'a/b/c'], leaves: ['a/', 'b/c'] },
  { pattern: 'a/**', matches: ['a/b', 'a/b/c'], leaves: ['a', 'a/'] },
  { pattern: 'a/**/z', matches: ['a/z', 'a/b/z', 'a/b/c/z'], leaves: ['a', 'z', 'b/z', 'a/zz'] },
  { pattern: '**/z', matches: ['z', 'a/b/z'], leaves: ['zz', 'a/zz'] },
  { pattern: '**/a/**/b/**/c', matches: ['x/a/y/b/c', 'a/a/b/b/c'], leaves: ['a/c/b', 'b/a/c'] },
  { pattern: '**', matches: ['a', 'a/b'], leaves: [] },
  { pattern: 'file?[0-9]', matches: ['file-1', 'x/file_9'], leaves: ['file1', 'file-a'] },
  { pattern: '\\*', matches: ['*'], leaves: ['a'] },
];

test('a pattern leaves out what it matches and all below, and nothing else', () => {
  for (const { pattern, matches, leaves } of ROWS) {
    const filter = new Filter([], [pattern]);
    for (const path of matches) assert.equal(verdict(filter, path), 'out', `${pattern} ${path}`);
    for (const path of leaves) assert.equal(verdict(filter, path), 'in', `${pattern} ${path}`);
  }
});

test('with patterns to include, what matches none takes no part, and other directories are only walked through', () => {
  for (const { pattern, matches, leaves } of ROWS) {
    const filter = new Filter([pattern]);
    for (const path of matches) assert.equal(verdict(filter, path), 'in', `${pattern} ${path}`);
    for (const path of leaves) {
      assert.equal(verdict(filter, path), path.endsWith('/') ? 'through' : 'out', `${pattern} ${path}`);
    }
  }
});

test('what is excluded is not included again', () => {
  const filter = new Filter(['keep/', '*.txt'], ['secret*']);
  assert.equal(verdict(filter, 'keep/secret.txt'), 'out');
  assert.equal(verdict(filter, 'keep/other'), 'in');
  assert.equal(verdict(filter, 'secrets/a.txt'), 'out');
});

test('a pattern that can mean nothing, or too much work, is refused', () => {
  for (const pattern of ['', '/', '//', '*a'.repeat(65), 'x'.repeat(1025)]) {
    assert.throws(() => new Filter([pattern]), { name: 'ClientError', code: 'invalid-argument' }, pattern);
  }
});

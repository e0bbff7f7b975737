import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileBelow, compilePathPattern } from './path-pattern.ts';

test('a directory that is moved may bring files below a pattern where the pattern goes on below it', () => {
  for (const [pattern, directory, expected] of [
    ['/in/*', '/in', true],
    ['/in/*', '/in/deeper', false],
    ['/in/**', '/in/deeper', true],
    ['/in/*/new/*', '/in/a', true],
    ['/in/*/new/*', '/out/a', false],
    ['/in/**/x/*.xml', '/in/a/b/x', true],
    ['/*/x', '/a', true],
    ['/**/x/*', '/a', true],
    ['/**/*.exe', '/a', false],
    ['/**', '/a/b', false],
    ['/in/a', '/', true],
  ] as const) {
    assert.equal(compileBelow(pattern)(directory), expected, `${pattern} ${directory}`);
  }
});

test('what a pattern may bring below a directory is no less than what it fits there', () => {
  for (const pattern of ['/a/**/b', '/*/b/**', '/a/*/c', '/**/a/*']) {
    for (const path of ['/a/b', '/a/x/b', '/a/b/c', '/q/b/a/z', '/x/y/a/z']) {
      if (!compilePathPattern(pattern)(path)) continue;
      const parents = path.split('/').map((_, depth, names) => names.slice(0, depth).join('/') || '/');
      for (const parent of parents.slice(1)) assert.ok(compileBelow(pattern)(parent), `${pattern} ${path} ${parent}`);
    }
  }
});

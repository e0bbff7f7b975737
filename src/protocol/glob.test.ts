import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compileGlob, hasWildcard } from './glob.ts';
import { SyntaxFailure } from './syntax/syntax.ts';

const matches = (pattern: string, name: string) => compileGlob(pattern, 8)(name);

const MATCHING: readonly (readonly [pattern: string, name: string])[] = [
  ['*', ''],
  ['*', '.hidden'],
  ['*.txt', 'a.txt'],
  ['a*b*c', 'a-b-b-c'],
  ['?', 'é'],
  ['?', '😀'],
  ['[a-c]x', 'bx'],
  ['[!a-c]x', 'dx'],
  ['[^a]', 'b'],
  ['[]]', ']'],
  ['[!]]', 'a'],
  ['[a-]', '-'],
  ['[*]', '*'],
  ['[', '['],
  ['[[[[', '[[[['],
  ['a[b', 'a[b'],
  ['\\*', '*'],
  ['\\[a]', '[a]'],
  ['a\\', 'a\\'],
  ['***a', 'xa'],
  ['', ''],
];

const NOT_MATCHING: readonly (readonly [pattern: string, name: string])[] = [
  ['*.txt', 'a.txt~'],
  ['?', ''],
  ['?', 'ab'],
  ['[a-c]', 'd'],
  ['[!a]', 'a'],
  ['[z-a]', 'm'],
  ['A', 'a'],
  ['\\*', 'a'],
  ['', 'a'],
  ['a*', 'ba'],
];

for (const [pattern, name] of MATCHING) {
  test(`the pattern ${pattern} matches ${JSON.stringify(name)}`, () => assert.ok(matches(pattern, name)));
}

for (const [pattern, name] of NOT_MATCHING) {
  test(`the pattern ${pattern} does not match ${JSON.stringify(name)}`, () => assert.ok(!matches(pattern, name)));
}

test('a name holds a wildcard when it holds a star, a question mark or a bracket', () => {
  assert.deepEqual(['a*', 'a?', '[a', 'a]', 'a\\b', ''].map(hasWildcard), [true, true, true, false, false, false]);
});

test('more wildcards than allowed are refused, where stars in a row are one', () => {
  const tooMany = (error: unknown) => error instanceof SyntaxFailure && error.code === 501;
  assert.throws(() => compileGlob('*a*b*', 2), tooMany);
  assert.throws(() => compileGlob('?[ab]*', 2), tooMany);
  assert.ok(compileGlob('****', 1)('x'));
  assert.throws(() => compileGlob('a'.repeat(10_000), 8), tooMany);
});

test('a pattern made to blow up is answered in few steps', () => {
  const name = 'a'.repeat(255);
  // Exponential matchers take longer than the age of the universe for one of these.
  for (let times = 0; times < 500; times += 1) assert.ok(!matches('*a*a*a*a*a*a*a*b', name));
  assert.ok(!matches(`*${'a'.repeat(1000)}b`, 'a'.repeat(10_000)));
  assert.ok(matches('['.repeat(1000), '['.repeat(1000)));
  assert.ok(!matches(`${'['.repeat(1000)}]`, '['.repeat(10_000)));
});

test('a pattern says the same as a matcher that tries everything', () => {
  const symbol = fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]', '\\*');
  fc.assert(
    fc.property(
      fc.array(symbol, { maxLength: 7 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 7 }),
      (symbols, name) => {
        assert.equal(matches(symbols.join(''), name), matchesPlainly(symbols, name));
      },
    ),
    { numRuns: 3000 },
  );
});

function matchesPlainly([symbol, ...others]: readonly string[], name: string): boolean {
  if (symbol === undefined) return name === '';
  if (symbol === '*')
    return Array.from({ length: name.length + 1 }).some((_, taken) => matchesPlainly(others, name.slice(taken)));
  const accepted = { '?': 'ab*', '[ab]': 'ab', '[!a]': 'b*', '\\*': '*' }[symbol] ?? symbol;
  return name !== '' && accepted.includes(name.charAt(0)) && matchesPlainly(others, name.slice(1));
}

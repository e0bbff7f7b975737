import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { matchesStarPattern, STAR, type StarPattern } from './star-pattern.ts';

/** `*` is a star, `?` takes any item, all else is the item itself. */
function patternOf(symbols: string, onTest: () => void = () => undefined): StarPattern<string> {
  return Array.from(symbols, (symbol) => {
    if (symbol === '*') return STAR;
    return (item) => {
      onTest();
      return symbol === '?' || item === symbol;
    };
  });
}

const symbols = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
const items = fc.array(fc.constantFrom('a', 'b'), { maxLength: 10 });

test('a star pattern says the same as a matcher that tries everything', () => {
  fc.assert(
    fc.property(symbols, items, (pattern, row) => {
      assert.equal(matchesStarPattern(patternOf(pattern), row), matchesPlainly(pattern, row));
    }),
    { numRuns: 5000 },
  );
});

test('a star pattern asks no more tests than there are items, times tests, however it is made', () => {
  fc.assert(
    fc.property(symbols, items, (pattern, row) => {
      let tests = 0;
      matchesStarPattern(
        patternOf(pattern, () => {
          tests += 1;
        }),
        row,
      );
      assert.ok(tests <= row.length * pattern.length, `${tests} tests`);
    }),
    { numRuns: 5000 },
  );
  let tests = 0;
  const hostile = patternOf(`${'*a'.repeat(500)}b`, () => {
    tests += 1;
  });
  assert.ok(!matchesStarPattern(hostile, Array<string>(10_000).fill('a')));
  assert.ok(tests <= 10_000 * 501);
});

test('items that are no text are matched too, an absent one among them', () => {
  const isNothing = (item: unknown): boolean => item === undefined;
  assert.ok(matchesStarPattern([STAR, isNothing], [1, undefined]));
  assert.ok(!matchesStarPattern([isNothing], []));
});

function matchesPlainly(pattern: string, row: readonly string[]): boolean {
  const [symbol, others] = [pattern.charAt(0), pattern.slice(1)];
  if (symbol === '') return row.length === 0;
  if (symbol === '*') {
    return Array.from({ length: row.length + 1 }).some((_, taken) => matchesPlainly(others, row.slice(taken)));
  }
  return row.length > 0 && (symbol === '?' || row[0] === symbol) && matchesPlainly(others, row.slice(1));
}

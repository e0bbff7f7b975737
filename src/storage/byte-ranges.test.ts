import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteRanges } from './byte-ranges.ts';

const SIZE = 24;
const position = fc.integer({ min: 0, max: SIZE });

test('ranges have what was added and not cut, and lack the rest', () => {
  const change = fc.oneof(
    fc.tuple(fc.constant('add'), position, position),
    fc.tuple(fc.constant('cut'), position, fc.constant(0)),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), position, (changes, size) => {
      const ranges = new ByteRanges();
      const expected = Array.from({ length: SIZE }, () => false);
      for (const [what, start, end] of changes) {
        if (what === 'add') {
          ranges.add(start, end);
          if (start < end) expected.fill(true, start, end);
        } else {
          ranges.cut(start);
          expected.fill(false, start);
        }
      }
      assert.deepEqual(
        expected.map((_, index) => ranges.at(index).isIn),
        expected,
      );
      for (let index = 0; index < SIZE; index += 1) {
        const { end } = ranges.at(index);
        const border = expected.findIndex((isIn, other) => other > index && isIn !== expected[index]);
        if (border >= 0) assert.equal(end, border);
        else assert.ok(end >= SIZE);
      }
      const missing = expected.indexOf(false);
      assert.equal(ranges.wholeUpTo, missing < 0 ? SIZE : missing);
      assert.equal(ranges.end, expected.lastIndexOf(true) + 1);
      const lacking = expected.slice(0, size).flatMap((isIn, index) => (isIn ? [] : [index]));
      const [first, last] = [ranges.firstGap(size), ranges.lastGap(size)];
      assert.deepEqual([first?.start, last && last.end - 1], [lacking[0], lacking.at(-1)]);
      for (const gap of [first, last]) {
        if (gap) assert.deepEqual(expected.slice(gap.start, gap.end).filter(Boolean), []);
      }
    }),
  );
});

test('of a file with ever more gaps no more than a bounded number is kept', () => {
  const ranges = new ByteRanges();
  for (let start = 0; start < 4096; start += 1) ranges.add(2 * start + 1, 2 * start + 2);
  assert.throws(() => ranges.add(10_000, 10_001), { code: 'unsupported' });
  ranges.add(0, 1);
  assert.equal(ranges.wholeUpTo, 2);
});

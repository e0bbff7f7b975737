import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combination, newLink, parseNames } from './names.ts';

test('names are separated by spaces, and quoted ones may hold spaces and quotes', () => {
  assert.deepEqual(parseNames('a "b c" "d""e" f"g \\'), ['a', 'b c', 'd"e', 'f"g', '\\']);
  assert.deepEqual(parseNames('"" """"'), ['', '"']);
  assert.deepEqual(parseNames('"a\\" b'), ['a\\', 'b']);
  assert.deepEqual(parseNames(''), []);
});

test('a quote that does not end, or has something right behind it, is refused', () => {
  for (const argument of ['"', '"a', 'a "b', '"a"b', '"a""', 'a  b', ' a']) {
    assert.throws(() => parseNames(argument), { code: 501 }, argument);
  }
});

test('a long argument of quotes is answered at once', () => {
  assert.throws(() => parseNames(`"${'""'.repeat(500_000)}x`), { code: 501 });
  assert.throws(() => parseNames('"'.repeat(1_000_001)), { code: 501 });
});

test('COMB takes a target and at least one part, none of them empty', () => {
  assert.deepEqual(combination.parse('all "part 1" part2'), { target: 'all', parts: ['part 1', 'part2'] });
  for (const argument of ['', 'all', '"" a', 'all ""', 'all a ""']) {
    assert.throws(() => combination.parse(argument), { code: 501 }, argument);
  }
});

test('SYMLINK takes two names', () => {
  assert.deepEqual(newLink.parse('../a "my link"'), { target: '../a', path: 'my link' });
  for (const argument of ['', 'a', 'a b c', 'a ""', '"" a'])
    assert.throws(() => newLink.parse(argument), { code: 501 }, argument);
});

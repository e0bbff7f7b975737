import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameClashes } from './name-clashes.ts';

test('a name that no other one equals is alone, however often it comes', () => {
  const clashes = new NameClashes(['report.csv', 'README', 'report.csv'], false);
  assert.ok(clashes.isAlone('report.csv'));
  assert.ok(clashes.isAlone('README'));
});

test('names that differ in upper and lower case may be one', () => {
  const clashes = new NameClashes(['a', 'A', 'b'], false);
  assert.deepEqual(
    ['a', 'A', 'b'].map((name) => clashes.isAlone(name)),
    [false, false, true],
  );
});

test('of names that some systems write in another way nobody knows', () => {
  const names = [
    'a.',
    'a ',
    'LONGNA~1',
    'tab\t',
    ' ',
    ' a',
    'b\u200b',
    'c\u00a0',
    'd\ufffd',
    'e\u0378',
    'f\uff0e',
    '\u0301',
  ];
  for (const isExact of [false, true]) {
    const clashes = new NameClashes(names, isExact);
    assert.deepEqual(
      names.filter((name) => clashes.isAlone(name)),
      [],
    );
  }
});

function alone(names: readonly string[], isExact: boolean): readonly string[] {
  const clashes = new NameClashes(names, isExact);
  return names.filter((name) => clashes.isAlone(name));
}

test('spaces within a name and letters beyond ASCII are part of it where the storage is known to keep them', () => {
  const names = ['lab report.csv', 'lab order.csv', 'Müller.pdf', 'Möller.pdf', '報告.txt', 'отчёт', '\u{1f4c4}'];
  assert.deepEqual([alone(names, false), alone(names, true)], [[], names]);
});

for (const [what, one, other] of [
  ['how a letter is composed', 'é', 'e\u0301'],
  ['upper and lower case', 'Ärzte', 'ärzte'],
  ['a letter that is two in upper case', 'straße', 'STRASSE'],
  ['a final letter', 'ΟΔΟΣ', 'οδος'],
  ['the dot of an i', 'İ', 'i'],
  ['an i without a dot', 'ı', 'I'],
  ['the sign of a unit', '\u212a', 'k'],
  ['marks, which some file systems lose', 'Zoë', 'zoe'],
  ['the width of a letter', 'ａ', 'a'],
  ['a ligature', 'ﬁn', 'fin'],
] as const) {
  test(`names that differ in ${what} may be one`, () => {
    assert.deepEqual(alone([one, other, 'x'], true), ['x']);
  });
}

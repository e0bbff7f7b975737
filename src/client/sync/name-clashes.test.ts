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
  const names = ['é', 'a.', 'a ', 'LONGNA~1', 'tab\t', ' ', ' a'];
  for (const keepsSpaces of [false, true]) {
    const clashes = new NameClashes(names, keepsSpaces);
    assert.deepEqual(
      names.filter((name) => clashes.isAlone(name)),
      [],
    );
  }
});

test('a space within a name is part of it where the storage is known to keep it', () => {
  const names = ['lab report.csv', 'lab order.csv'];
  const alone = (keepsSpaces: boolean) => {
    const clashes = new NameClashes(names, keepsSpaces);
    return names.map((name) => clashes.isAlone(name));
  };
  assert.deepEqual(
    [alone(false), alone(true)],
    [
      [false, false],
      [true, true],
    ],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListArgument, listArgument } from './list-argument.ts';

const plain: ListArgument = { all: false, recursive: false, itself: false, long: false, path: '' };

const CASES: Readonly<Record<string, Partial<ListArgument>>> = {
  '': {},
  'a b': { path: 'a b' },
  ' a': { path: ' a' },
  '-a': { all: true },
  '-la': { all: true, long: true },
  '-aL path': { all: true, path: 'path' },
  '-a -lR my dir': { all: true, long: true, recursive: true, path: 'my dir' },
  '-d .': { itself: true, path: '.' },
  '-1trS x': { path: 'x', doubtful: '-1trS x' },
  '-dash': { all: true, itself: true, doubtful: '-dash' },
  '-l -dash': { all: true, itself: true, long: true },
  '-la ': { all: true, long: true },
  '-a  x': { all: true, path: ' x' },
  '-a -x': { all: true, path: '-x' },
  '-foo': { path: '-foo' },
  '-': { path: '-' },
  '- -a': { path: '- -a' },
  '--': {},
  '-- -a': { path: '-a' },
  '-l -- -a -R': { long: true, path: '-a -R' },
  '--all': { path: '--all' },
  'x -a': { path: 'x -a' },
  '-RRRR': { recursive: true, doubtful: '-RRRR' },
};

for (const [argument, expected] of Object.entries(CASES)) {
  test(`LIST ${argument} is understood`, () => {
    assert.deepEqual(listArgument.parse(argument), { ...plain, ...expected });
  });
}

test('a path that looks like an option is written behind two dashes', () => {
  assert.equal(listArgument.format({ ...plain, long: true, path: '-a' }), '-l -- -a');
});

test('a very long row of options is answered at once', () => {
  assert.deepEqual(listArgument.parse('-a '.repeat(3000)), { ...plain, all: true });
  const row = `-${'l'.repeat(1_000_000)}`;
  assert.deepEqual(listArgument.parse(row), { ...plain, long: true, doubtful: row });
});

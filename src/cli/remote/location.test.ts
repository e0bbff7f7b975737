import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError } from '../../client/index.ts';
import { UsageError } from '../usage-error.ts';
import { isDirectoryPath, isRemote, locationOf, pathFrom, serverKey } from './location.ts';

const BOOKMARKS = new Map([
  ['bank', { url: 'ftpes://me@bank.example/out', settings: { retries: 4 } }],
  ['top', { url: 'ftps://top.example', settings: {} }],
]);

test('a URL and a bookmark are locations on servers, local names are not', () => {
  for (const word of ['ftpes://h/x', 'FTP://h', 'bank:', 'bank:in/a:b', 'bank:/x']) assert.ok(isRemote(word), word);
  for (const word of ['-', 'a.csv', './bank:x', '/tmp/bank:x', 'C:\\x', 'dir/ftpes', '']) {
    assert.ok(!isRemote(word), word);
  }
});

for (const [word, host, path] of [
  ['ftpes://h/a/b.csv', 'h', 'a/b.csv'],
  ['ftpes://h//a', 'h', '/a'],
  ['bank:', 'bank.example', 'out'],
  ['bank:a/b.csv', 'bank.example', 'out/a/b.csv'],
  ['bank:/in', 'bank.example', '/in'],
  ['top:a', 'top.example', 'a'],
] as const) {
  test(`${word} is ${path} at ${host}`, () => {
    const location = locationOf(word, BOOKMARKS);
    assert.deepEqual([location.target.host, location.path], [host, path]);
  });
}

test('what is no location on a server is refused by name', () => {
  assert.throws(
    () => locationOf('nobody:x', BOOKMARKS),
    (error) => error instanceof UsageError && /no bookmark nobody/.test(error.message),
  );
  assert.throws(() => locationOf('file.txt', BOOKMARKS), UsageError);
  assert.throws(() => locationOf('scp://h/', BOOKMARKS), ClientError);
});

test('locations share a connection when server, login and bookmark are the same', () => {
  const keyOf = (word: string): string => serverKey(locationOf(word, BOOKMARKS));
  assert.equal(keyOf('ftpes://me@h/a'), keyOf('ftpes://me@h/b'));
  assert.equal(keyOf('bank:a'), keyOf('bank:/b'));
  assert.notEqual(keyOf('ftpes://me@h/a'), keyOf('ftpes://you@h/a'));
  assert.notEqual(keyOf('ftpes://h/'), keyOf('ftps://h/'));
  assert.notEqual(keyOf('ftpes://me@bank.example/out'), keyOf('bank:'));
});

test('a path begins at its base unless it is absolute', () => {
  assert.deepEqual(
    [pathFrom('', 'a'), pathFrom('b/', 'a'), pathFrom('b', '/a'), pathFrom('b', '')],
    ['a', 'b/a', '/a', 'b'],
  );
});

test('a path is that of a directory when it is written so', () => {
  assert.deepEqual(['', 'a/', '/'].map(isDirectoryPath), [true, true, true]);
  assert.equal(isDirectoryPath('a'), false);
});

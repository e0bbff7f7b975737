import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksumRequest, digestAlgorithm } from './digest.ts';

test('an algorithm is known by its name in any case', () => {
  assert.equal(digestAlgorithm.parse('sha-256'), 'SHA-256');
  for (const argument of ['', 'SHA256', 'SHA-3']) assert.throws(() => digestAlgorithm.parse(argument), { code: 501 });
});

test('a quoted path may be followed by where to begin and where to end', () => {
  assert.deepEqual(checksumRequest.parse('"a b"'), { path: 'a b', range: {} });
  assert.deepEqual(checksumRequest.parse('"a b" 5'), { path: 'a b', range: { start: 5 } });
  assert.deepEqual(checksumRequest.parse('"a ""b""" 5 10'), { path: 'a "b"', range: { start: 5, end: 10 } });
});

test('a simple path may be followed by both numbers; anything else without quotes is a path as a whole', () => {
  assert.deepEqual(checksumRequest.parse('a.bin 0 1024'), { path: 'a.bin', range: { start: 0, end: 1024 } });
  for (const path of ['a.bin', 'report 2024', 'my report 1 2', 'a b', 'a 1 x', ' a 1 2', 'a"b']) {
    assert.deepEqual(checksumRequest.parse(path), { path, range: {} });
  }
});

test('a bad range or an unfinished quote is refused', () => {
  const refused = [
    '',
    '""',
    '"a',
    '"a"b',
    '"a" x',
    '"a" 5 x',
    '"a" 5 6 7',
    '"a" 6 5',
    '"a" -1',
    '"a" 9007199254740992',
    '"a" "5" x',
    'a 6 5',
  ];
  for (const argument of refused) assert.throws(() => checksumRequest.parse(argument), { code: 501 }, argument);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocation, byteOffset, byteRange, protectionBufferSize } from './numbers.ts';

test('REST takes digits up to the greatest exact number', () => {
  assert.equal(byteOffset.parse('0'), 0);
  assert.equal(byteOffset.parse('9007199254740991'), Number.MAX_SAFE_INTEGER);
  const refused = [
    '',
    '-1',
    '+1',
    ' 1',
    '1 ',
    '1.0',
    '1e3',
    '0x10',
    '9007199254740992',
    '18446744073709551616',
    '9'.repeat(5000),
    '٣',
  ];
  for (const argument of refused) assert.throws(() => byteOffset.parse(argument), { code: 501 }, argument.slice(0, 30));
});

test('ALLO takes a size, and a record size behind R', () => {
  assert.deepEqual(allocation.parse('100'), { bytes: 100 });
  assert.deepEqual(allocation.parse('100 r 10'), { bytes: 100, recordBytes: 10 });
  for (const argument of ['', 'R 10', '100 R', '100 10', '100 R 9007199254740992', '1  R 1']) {
    assert.throws(() => allocation.parse(argument), { code: 501 }, argument);
  }
});

test('PBSZ takes 32 bits', () => {
  assert.equal(protectionBufferSize.parse('4294967295'), 4_294_967_295);
  for (const argument of ['', '4294967296', '-1', 'x'])
    assert.throws(() => protectionBufferSize.parse(argument), { code: 501 });
});

test('RANG names the first and the last byte, and 1 0 means the whole file', () => {
  assert.deepEqual(byteRange.parse('0 0'), { start: 0, end: 1 });
  assert.deepEqual(byteRange.parse('802816 1000000'), { start: 802_816, end: 1_000_001 });
  assert.equal(byteRange.parse('1 0'), 'whole');
  for (const argument of ['', '1', '2 1', '3 0', '0 1 2', '1 0 ', '-1 3', '0  1', '0 9007199254740991']) {
    assert.throws(() => byteRange.parse(argument), { code: 501 }, argument);
  }
});

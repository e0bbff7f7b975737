import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modifiedTime, timeAndPath, unixTimes } from './timed-path.ts';

const time = new Date('2024-02-29T12:34:56Z');

test('MFMT takes a time, one space, and a path with its spaces', () => {
  assert.deepEqual(timeAndPath.parse('20240229123456 a b'), { time, path: 'a b' });
  assert.deepEqual(timeAndPath.parse('20240229123456  a'), { time, path: ' a' });
  for (const argument of ['', '20240229123456', '20240229123456 ', 'a b', '20230229123456 a', '2024 a']) {
    assert.throws(() => timeAndPath.parse(argument), { code: 501 }, argument);
  }
});

test('MDTM sets a time only where 14 digits and a space stand before a path', () => {
  assert.deepEqual(modifiedTime.parse('20240229123456 a b'), { time, path: 'a b' });
  for (const path of [
    'a',
    '20240229123456',
    '20240229123456 ',
    '20240229123456.5 a',
    '2024022912345 a',
    '20230229123456 a',
    ' 20240229123456 a',
  ]) {
    assert.deepEqual(modifiedTime.parse(path), { path });
  }
  assert.throws(() => modifiedTime.parse(''), { code: 501 });
});

test('SITE UTIME takes a time to the minute or the second and a path', () => {
  assert.deepEqual(unixTimes.parse('20240229123456 a b'), { time, path: 'a b' });
  assert.deepEqual(unixTimes.parse('202402291234 a'), { time: new Date('2024-02-29T12:34:00Z'), path: 'a' });
});

test('SITE UTIME takes a path, three times and UTC, of which the second time counts', () => {
  const argument = 'a b 20200101000000 20240229123456 20200101000000 UTC';
  assert.deepEqual(unixTimes.parse(argument), { time, path: 'a b' });
});

test('SITE UTIME refuses what is neither form', () => {
  const refused = [
    '',
    'a',
    '20240229123456',
    '20240229123456 ',
    '2024022912345 a',
    '20230229123456 a',
    'a 20200101000000 20240229123456 20200101000000',
    'a 20200101000000 20230229123456 20200101000000 UTC',
    ' 20200101000000 20240229123456 20200101000000 UTC',
    'a 20200101000000 20240229123456 20200101000000 CET',
  ];
  for (const argument of refused) assert.throws(() => unixTimes.parse(argument), { code: 501 }, argument);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatTime, parseTime } from './time.ts';

test('a time is written in UTC, with milliseconds only where there are some', () => {
  assert.equal(formatTime(new Date('2002-07-17T21:07:15Z')), '20020717210715');
  assert.equal(formatTime(new Date('1999-10-05T21:31:02.040Z')), '19991005213102.040');
});

test('a time that has no four-digit year, or is none, is still written as a time', () => {
  assert.equal(formatTime(new Date(8.64e15)), '99991231235959.999');
  assert.equal(formatTime(new Date(-8.64e15)), '00000101000000');
  assert.equal(formatTime(new Date(Number.NaN)), '19700101000000');
});

test('a fraction may have any number of digits, of which three count', () => {
  assert.equal(parseTime('19980615100045.014').toISOString(), '1998-06-15T10:00:45.014Z');
  assert.equal(parseTime('19980615100045.5').toISOString(), '1998-06-15T10:00:45.500Z');
  assert.equal(parseTime('19980615100045.0149999').toISOString(), '1998-06-15T10:00:45.014Z');
});

test('years are taken as they are, and second 60 is the second after 59', () => {
  assert.equal(parseTime('00991231000000').toISOString(), '0099-12-31T00:00:00.000Z');
  assert.equal(parseTime('20161231235960').toISOString(), '2017-01-01T00:00:00.000Z');
});

test('29 February is a day of leap years alone', () => {
  assert.equal(parseTime('20240229000000').toISOString(), '2024-02-29T00:00:00.000Z');
  assert.equal(parseTime('20000229000000').toISOString(), '2000-02-29T00:00:00.000Z');
  for (const text of ['20230229000000', '19000229000000']) assert.throws(() => parseTime(text), { code: 501 });
});

test('what is no time of the calendar is refused', () => {
  const refused = [
    '',
    '2024',
    '20240431000000',
    '20241301000000',
    '20240001000000',
    '20240100000000',
    '20240101240000',
    '20240101006000',
    '20240101000061',
    '2024010100000',
    '202401010000000',
    '20240101000000.',
    '20240101000000,5',
    '19100101000000Z',
    ' 20240101000000',
    '20240101T00000',
  ];
  for (const text of refused) assert.throws(() => parseTime(text), { code: 501 }, text);
});

test('a time that is written is read as itself', () => {
  const time = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(fc.property(time, (time) => assert.deepEqual(parseTime(formatTime(time)), time)));
});

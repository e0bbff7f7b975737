import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latestDue, readSchedule } from './schedule.ts';

const BERLIN = 'Europe/Berlin';
const at = (text: string) => Date.parse(`${text}Z`);

function timesOf(expression: string, timeZone: string, from: string, count: number): readonly string[] {
  const schedule = readSchedule(expression, timeZone);
  const times: string[] = [];
  let time: number | undefined = at(from);
  for (let each = 0; each < count && time !== undefined; each += 1) {
    time = schedule.next(time);
    if (time !== undefined) times.push(new Date(time).toISOString().slice(5, 16));
  }
  return times;
}

test('what would come in the hour that is missing comes at its end, once', () => {
  const day = '2026-03-28T12:00';
  assert.deepEqual(timesOf('30 2 * * *', BERLIN, day, 2), ['03-29T01:00', '03-30T00:30']);
  assert.deepEqual(timesOf('15,45 2 * * *', BERLIN, day, 2), ['03-29T01:00', '03-30T00:15']);
  assert.deepEqual(timesOf('15 2,3 * * *', BERLIN, day, 3), ['03-29T01:00', '03-29T01:15', '03-30T00:15']);
  assert.deepEqual(timesOf('0 3 * * *', BERLIN, day, 2), ['03-29T01:00', '03-30T01:00']);
  assert.deepEqual(timesOf('0 0 * * *', 'America/Santiago', '2026-09-05T12:00', 2), ['09-06T04:00', '09-07T03:00']);
});

test('what comes at an hour that is there twice comes once, in the first', () => {
  const day = '2026-10-24T12:00';
  assert.deepEqual(timesOf('30 2 * * *', BERLIN, day, 2), ['10-25T00:30', '10-26T01:30']);
  assert.deepEqual(timesOf('15,45 2 * * *', BERLIN, day, 3), ['10-25T00:15', '10-25T00:45', '10-26T01:15']);
  assert.deepEqual(timesOf('0 3 * * *', BERLIN, day, 2), ['10-25T02:00', '10-26T02:00']);
});

test('what comes in every hour leaves none out and repeats none, whatever the clocks do', () => {
  for (const day of ['2026-10-24T23:45', '2026-03-28T23:45']) {
    const start = at(day);
    const expected = Array.from({ length: 8 }, (_, index) =>
      new Date(start + 900_000 + index * 1_800_000).toISOString().slice(5, 16),
    );
    assert.deepEqual(timesOf('*/30 * * * *', BERLIN, day, 8), expected);
  }
});

test('of several times that were missed the last one counts', () => {
  for (const [expression, last, now, expected] of [
    ['30 2 * * *', '2026-05-01T02:30', '2026-05-04T12:00', '2026-05-04T02:30'],
    ['*/5 * * * *', '2026-05-01T00:00', '2026-05-04T12:03', '2026-05-04T12:00'],
    ['0 0 1 * *', '2026-01-01T00:00', '2026-05-04T12:00', '2026-05-01T00:00'],
    ['30 2 * * *', '2026-05-04T02:30', '2026-05-05T02:29', undefined],
  ] as const) {
    const due = latestDue(readSchedule(expression, 'UTC'), at(last), at(now));
    assert.equal(due, expected && at(expected), expression);
  }
});

test('what is no schedule is refused, and so is what never comes', () => {
  for (const expression of ['', '* * * *', '* * * * * *', '61 * * * *', '@daily', 'a b c d e', '0 0 30 2 *']) {
    assert.throws(() => readSchedule(expression, 'UTC'), Error, expression);
  }
  assert.throws(() => readSchedule('0 0 * * *', 'Mars/Olympus'));
});

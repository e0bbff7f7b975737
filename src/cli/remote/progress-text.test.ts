import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Speedometer } from '../../core/index.ts';
import { columnsOf, fitted } from './columns.ts';
import { doneSentence, type ProgressView, progressLine, progressSentence } from './progress-text.ts';

const MIB = 1024 * 1024;
const HALF: ProgressView = { name: 'report.csv', bytes: 5 * MIB, total: 10 * MIB, bytesPerSecond: MIB };

test('a line of progress has name, bar, share, bytes, speed and time left', () => {
  assert.equal(
    progressLine(HALF, 80),
    'report.csv        [##########----------]  50%      5 MiB      1 MiB/s 0:05 left',
  );
});

test('a line of progress of unknown length has neither share nor time left', () => {
  const line = progressLine({ ...HALF, total: undefined }, 80);
  assert.match(line, /\[-{20}\] {11}5 MiB {6}1 MiB\/s/);
});

test('what is not all there is never 100%, and what is empty is', () => {
  assert.match(progressSentence({ ...HALF, bytes: 10 * MIB - 1 }), / 99% of 10 MiB/);
  assert.match(progressSentence({ ...HALF, bytes: 0, total: 0 }), / 100% of 0 B/);
});

test('a transfer that stands still says so', () => {
  assert.match(progressSentence({ ...HALF, bytesPerSecond: 0 }), /stalled/);
});

for (const [seconds, shown] of [
  [59, '0:59 left'],
  [3600, '1:00:00 left'],
  [1e9, '>99h left'],
] as const) {
  test(`${seconds} seconds are shown as ${shown}`, () => {
    assert.ok(progressSentence({ ...HALF, total: HALF.bytes + seconds * MIB }).endsWith(shown));
  });
}

test('the end of a transfer tells bytes, time and speed, and no speed of what took no time', () => {
  assert.equal(doneSentence({ name: 'a', bytes: 10 * MIB, durationMs: 2000 }), 'a: 10 MiB in 2.0 s, 5 MiB/s');
  assert.equal(
    doneSentence({ name: 'a', bytes: 3, durationMs: 3.2, note: 'MD5 compared' }),
    'a: 3 B in 4 ms, MD5 compared',
  );
  assert.match(doneSentence({ name: 'a', bytes: 3, durationMs: 61_000 }), / in 1:01,/);
});

test('names can not act on the terminal', () => {
  const name = 'a\u001b[2J\nb';
  for (const text of [progressLine({ ...HALF, name }, 120), progressSentence({ ...HALF, name })]) {
    assert.ok(!/[\u001b\n]/.test(text), text);
  }
});

test('a line is never as wide as the terminal, whatever the name', () => {
  const view = fc.record({
    name: fc.string({ unit: 'binary' }),
    bytes: fc.nat(),
    total: fc.option(fc.nat(), { nil: undefined }),
    bytesPerSecond: fc.option(fc.nat(), { nil: undefined }),
  });
  fc.assert(
    fc.property(view, fc.integer({ min: 1, max: 200 }), (view, columns) => {
      assert.ok(columnsOf(progressLine(view, columns)) < columns);
    }),
  );
});

test('a text is fitted to exactly the columns there are, wide characters counted as two', () => {
  assert.equal(columnsOf('日本e\u0301🎉'), 7);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(60), (text, columns) => {
      assert.equal(columnsOf(fitted(text, columns)), columns);
    }),
  );
});

test('the middle of a long name is left out', () => {
  assert.equal(fitted('abcdefghij.csv', 9), 'abcd….csv');
});

test('the speed is that of the last seconds', () => {
  const speedometer = new Speedometer();
  assert.equal(speedometer.bytesPerSecond(0), undefined);
  for (let second = 0; second <= 20; second += 1)
    speedometer.record(second < 10 ? 0 : (second - 10) * 1000, second * 1000);
  assert.equal(speedometer.bytesPerSecond(20_000), 1000);
  // Nothing more comes.
  assert.equal(speedometer.bytesPerSecond(22_000), 600);
  assert.equal(speedometer.bytesPerSecond(40_000), 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replacementDelayMs } from './replacement.ts';

test('workers that die at once are replaced ever later, up to half a minute, and steady ones at once', () => {
  const waits: number[] = [];
  for (let death = 0; death < 10; death += 1) waits.push(replacementDelayMs(100, waits.at(-1) ?? 0));
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(replacementDelayMs(10_000, 30_000), 0);
});

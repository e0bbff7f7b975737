import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beatEveryMs, Heartbeat } from './heartbeat.ts';

test('a worker that answers, however late, does not hang', () => {
  const heartbeat = new Heartbeat();
  for (let time = 0; time < 100; time += 1) {
    for (let beat = 0; beat < 5; beat += 1) assert.equal(heartbeat.beat(), false);
    assert.equal(heartbeat.isAnswered, false);
    heartbeat.answered();
    assert.equal(heartbeat.isAnswered, true);
  }
});

test('a worker that answers nothing for as long as it may hangs', () => {
  const heartbeat = new Heartbeat();
  heartbeat.answered();
  const beats = Array.from({ length: 6 }, () => heartbeat.beat());
  assert.deepEqual(beats, [false, false, false, false, false, true]);
  assert.equal(beatEveryMs(15_000), 3000);
});

test('a worker that has not answered yet may take longer, but not for ever', () => {
  const heartbeat = new Heartbeat();
  for (let beat = 0; beat < 20; beat += 1) assert.equal(heartbeat.beat(), false);
  assert.equal(heartbeat.beat(), true);
});

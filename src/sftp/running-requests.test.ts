import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RunningRequests } from './running-requests.ts';

test('requests that go on keep nothing of those that ended meanwhile', async () => {
  const running = new RunningRequests(128);
  const ends = Array.from({ length: 127 }, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    running.add(promise);
    return resolve;
  });
  const before = heapBytes();
  for (let number = 0; number < 2000; number += 1) {
    running.add(Promise.resolve());
    await running.room();
  }
  const each = (heapBytes() - before) / 2000;
  assert.ok(each < 1000, `${each} bytes`);
  for (const end of ends) end();
  await running.settled();
});

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { threadClock } from './answer-clock.ts';

test('what the thread waits for a processor while it asks is not counted, and not what it waited before', () => {
  let waited = 70;
  const clock = threadClock(() => waited);
  clock.asks(clock.now());
  waited += 30;
  assert.equal(clock.answered(100), 70);
  assert.equal(clock.answered(20), 0);
});

const isTold = existsSync('/proc/thread-self/schedstat');

test('a thread knows how long it waited for a processor', { skip: !isTold, timeout: 60_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  for (let count = 0; count <= availableParallelism(); count += 1) {
    const other = new Worker('require("node:worker_threads").parentPort.postMessage(0); for (;;);', { eval: true });
    stack.defer(async () => void (await other.terminate()));
    await once(other, 'message');
  }
  const clock = threadClock();
  const ms = 20;
  for (let answered = ms; answered === ms; answered = clock.answered(ms)) {
    const began = clock.now();
    clock.asks(began);
    while (clock.now() < began + ms);
  }
});

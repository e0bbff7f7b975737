import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { contentQueue } from './store-file.ts';

test('A file that comes in pieces of one byte waits for the storage after some hundred of them', async () => {
  const content = contentQueue();
  let pushed = 0;
  for (let isTaken = true; isTaken && pushed < 100_000; pushed += 1) {
    isTaken = await Promise.race([content.push(Buffer.alloc(1)), setImmediate(false)]);
  }
  assert.ok(pushed < 1000, `${pushed} pieces are held`);
  content.leave();
});

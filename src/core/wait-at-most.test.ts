import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { waitAtMost } from './wait-at-most.ts';

const NEVER = new Promise(() => undefined);

/** Whether a wait is over, when all that could end it by now was heard. */
function isOver(wait: Promise<void>): Promise<boolean> {
  return Promise.race([wait.then(() => true), setImmediate(false)]);
}

test('a wait ends with its work, whether that succeeds or fails', async (context: TestContext) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  assert.equal(await isOver(waitAtMost(Promise.resolve(), 1000)), true);
  assert.equal(await isOver(waitAtMost(Promise.reject(new Error('failed')), 1000)), true);
});

test('a wait ends when its time is over, while the work still runs', async (context: TestContext) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const wait = waitAtMost(NEVER, 1000);
  context.mock.timers.tick(999);
  assert.equal(await isOver(wait), false);
  context.mock.timers.tick(1);
  assert.equal(await isOver(wait), true);
});

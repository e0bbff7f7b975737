import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedQueue } from './bounded-queue.ts';

test('The writer waits while the queue is full, and the reader while it is empty', async () => {
  const queue = new BoundedQueue<string>(2);
  const taken: (string | undefined)[] = [];
  assert.equal(await queue.push('a'), true);
  const pushed = queue.push('b');
  const isFull = new Promise((resolve) => setImmediate(() => resolve('full')));
  assert.equal(await Promise.race([pushed, isFull]), 'full');
  taken.push(await queue.next());
  await pushed;
  taken.push(await queue.next());
  const next = queue.next();
  await queue.push('c');
  taken.push(await next);
  queue.end();
  taken.push(await queue.next());
  assert.deepEqual(taken, ['a', 'b', 'c', undefined]);
  assert.equal(await queue.push('d'), false);
});

test('What was pushed before a failure is read, then the failure is thrown', async () => {
  const queue = new BoundedQueue<string>(9);
  await queue.push('a');
  await queue.push('b');
  queue.fail(new Error('over'));
  assert.deepEqual(await queue.take(), ['a', 'b']);
  await assert.rejects(queue.take(), /over/);
});

test('A writer who waits goes on when the reader leaves, and is told', async () => {
  const queue = new BoundedQueue<string>(1);
  const pushed = queue.push('a');
  queue.leave();
  assert.equal(await pushed, false);
  assert.equal(await queue.push('b'), false);
});

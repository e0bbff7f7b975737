import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineQueue } from './line-queue.ts';

function watched(capacity: number) {
  const calls: string[] = [];
  const queue = new LineQueue<string>(
    capacity,
    () => calls.push('full'),
    () => calls.push('drained'),
  );
  return { queue, calls };
}

test('lines come out in order, one put first before all that wait', async () => {
  const { queue } = watched(8);
  queue.push('a');
  queue.push('b');
  queue.pushFirst('urgent');
  assert.deepEqual([await queue.next(), await queue.next(), await queue.next()], ['urgent', 'a', 'b']);
  assert.equal(queue.isEmpty, true);
});

test('a waiting reader gets the next line at once', async () => {
  const { queue } = watched(8);
  const line = queue.next();
  queue.push('late');
  assert.equal(await line, 'late');
});

test('it says when it is full, and when it has room again', async () => {
  const { queue, calls } = watched(2);
  queue.push('a');
  queue.push('b');
  assert.deepEqual(calls, ['full']);
  await queue.next();
  assert.deepEqual(calls, ['full', 'drained']);
});

test('a line put first into a full queue does not keep it closed for ever', async () => {
  const { queue, calls } = watched(2);
  queue.push('a');
  queue.push('b');
  queue.pushFirst('urgent');
  for (let taken = 0; taken < 3; taken += 1) await queue.next();
  assert.equal(calls.at(-1), 'drained');
});

test('once finished it gives what waits, and then the end', async () => {
  const { queue } = watched(8);
  queue.push('a');
  queue.finish();
  assert.deepEqual([await queue.next(), await queue.next()], ['a', undefined]);
});

test('once ended it gives nothing more, and a waiting reader is let go', async () => {
  const { queue } = watched(8);
  const waiting = queue.next();
  queue.end();
  queue.push('late');
  assert.deepEqual([await waiting, await queue.next()], [undefined, undefined]);
});

test('a wanted line is brought before all that wait, unless the search ends before it', async () => {
  const queue = new LineQueue<string>(
    10,
    () => undefined,
    () => undefined,
  );
  const judge = (line: string) => (line === 'wanted' ? 'wanted' : line === 'end' ? 'ends' : undefined);
  assert.equal(queue.bringForward(judge), false);
  for (const line of ['a', 'wanted', 'end', 'wanted']) queue.push(line);
  assert.equal(queue.bringForward(judge), true);
  assert.equal(await queue.next(), 'wanted');
  assert.equal(queue.bringForward(judge), false);
  assert.deepEqual([await queue.next(), await queue.next(), await queue.next()], ['a', 'end', 'wanted']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedFlushes } from './shared-flushes.ts';

test('whoever asks while a flush goes on shares the next one', async () => {
  const { flushes, begun } = watched();
  const first = flushes.flush('a');
  const others = [flushes.flush('a'), flushes.flush('a')];
  assert.equal(begun.length, 1);
  begun[0]?.resolve();
  await first;
  await turn();
  assert.equal(begun.length, 2);
  let isDone = false;
  const waitForOthers = async () => {
    await Promise.all(others);
    isDone = true;
  };
  const shared = waitForOthers();
  await turn();
  assert.equal(isDone, false);
  begun[1]?.resolve();
  await shared;
});

test('another path waits for nobody', () => {
  const { flushes, begun } = watched();
  const asked = [flushes.flush('a'), flushes.flush('b')];
  assert.equal(asked.length, begun.length);
});

test('a flush that fails is told to those who asked for it, and not to those behind it', async () => {
  const { flushes, begun } = watched();
  const first = flushes.flush('a');
  const second = flushes.flush('a');
  begun[0]?.reject(new Error('The medium is gone'));
  await assert.rejects(first, { message: 'The medium is gone' });
  await turn();
  begun[1]?.resolve();
  await second;
});

test('what is asked for when all is done is flushed anew', async () => {
  const { flushes, begun } = watched();
  for (const count of [1, 2, 3]) {
    const asked = flushes.flush('a');
    assert.equal(begun.length, count);
    begun[count - 1]?.resolve();
    await asked;
  }
});

function watched() {
  const begun: PromiseWithResolvers<void>[] = [];
  const shared = new SharedFlushes();
  const flush = (what: string) =>
    shared.flush(what, () => {
      const flush = Promise.withResolvers<void>();
      begun.push(flush);
      return flush.promise;
    });
  return { flushes: { flush }, begun };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

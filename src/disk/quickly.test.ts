import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { quickly } from './quickly.ts';

const byThreads = async () => 'threads';

function slowly(): string {
  const end = performance.now() + 5;
  while (performance.now() < end);
  return 'here';
}

test('a quick answer is asked for at once, and so is the next', async () => {
  assert.equal(await quickly(() => 'here', byThreads), 'here');
  assert.equal(await quickly(() => 'here', byThreads), 'here');
});

test('behind a slow answer the threads are asked, and later it is tried again', async () => {
  assert.equal(await quickly(slowly, byThreads), 'here');
  assert.equal(await quickly(() => 'here', byThreads), 'threads');
  while ((await quickly(() => 'here', byThreads)) === 'threads') await setImmediate();
});

test('a failure is a rejection', async () => {
  const refused = quickly(() => assert.fail('no such file'), byThreads);
  await assert.rejects(refused, /no such file/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateLimiter } from './rate-limiter.ts';

test('bytes take the time that the rate asks for, less one burst', async () => {
  const limiter = createRateLimiter(100_000);
  const began = performance.now();
  for (let taken = 0; taken < 30_000; taken += 1000) await limiter.take(1000);
  // 300 ms worth of bytes, 100 ms of which may pass at once; timers are never early by more than a millisecond.
  assert.ok(performance.now() - began >= 195);
});

test('those who share a limiter share its rate', async () => {
  const limiter = createRateLimiter(100_000);
  const began = performance.now();
  const one = async () => {
    for (let taken = 0; taken < 10_000; taken += 1000) await limiter.take(1000);
  };
  await Promise.all([one(), one(), one()]);
  assert.ok(performance.now() - began >= 195);
});

test('what was not used is not saved up beyond one burst', async () => {
  const limiter = createRateLimiter(1_000_000);
  await limiter.take(1);
  await new Promise((resolve) => setTimeout(resolve, 150));
  const began = performance.now();
  await limiter.take(200_000);
  assert.ok(performance.now() - began >= 95);
});

test('a wait ends when the signal is given', async () => {
  const limiter = createRateLimiter(1);
  const abort = new AbortController();
  const waiting = limiter.take(1_000_000, abort.signal);
  abort.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  await assert.rejects(limiter.take(1, abort.signal), { name: 'AbortError' });
});

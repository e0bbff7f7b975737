import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedLimiter } from './concurrency-limiter.ts';

test('each key has its own limit, and a freed slot can be taken again', () => {
  const limiter = new KeyedLimiter();
  const first = limiter.take('a', 2);
  assert.ok(first);
  assert.ok(limiter.take('a', 2));
  assert.equal(limiter.take('a', 2), undefined);
  assert.ok(limiter.take('b', 2));
  first();
  assert.ok(limiter.take('a', 2));
});

test('freeing twice frees one slot', () => {
  const limiter = new KeyedLimiter();
  const free = limiter.take('a', 2);
  assert.ok(free);
  assert.ok(limiter.take('a', 2));
  free();
  free();
  assert.ok(limiter.take('a', 2));
  assert.equal(limiter.take('a', 2), undefined);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { limitsWith } from '../core/index.ts';
import { PasswordCache } from './password-cache.ts';

/** A clock that goes when it is told to. */
function stoppedClock({ mock }: TestContext) {
  let now = 1_000_000;
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => now);
  return (ms: number) => {
    now += ms;
    mock.timers.tick(Math.max(ms, 0));
  };
}

test('a mark is that of one password and one hash, in one process', () => {
  const cache = new PasswordCache(limitsWith());
  const mark = cache.markOf('password', 'hash');
  assert.equal(cache.markOf('password', 'hash'), mark);
  const others = [
    cache.markOf('passwore', 'hash'),
    cache.markOf('password', 'hasi'),
    cache.markOf('password'),
    cache.markOf('hpassword', 'has'),
    cache.markOf('assword', 'hashp'),
    new PasswordCache(limitsWith()).markOf('password', 'hash'),
  ];
  assert.equal(new Set([mark, ...others]).size, others.length + 1);
  assert.equal(cache.markOf('e\u0301', 'hash'), cache.markOf('\u00e9', 'hash'));
});

test('a mark counts for its time and no longer, however often it is asked for', (context) => {
  const advance = stoppedClock(context);
  const cache = new PasswordCache(limitsWith({ verifiedPasswordMs: 1000 }));
  assert.equal(cache.has('mark'), false);
  cache.add('mark');
  advance(999);
  assert.equal(cache.has('mark'), true);
  advance(1);
  assert.equal(cache.has('mark'), false);
});

test('a mark that is added again counts from then on', (context) => {
  const advance = stoppedClock(context);
  const cache = new PasswordCache(limitsWith({ verifiedPasswordMs: 1000 }));
  cache.add('again');
  cache.add('once');
  advance(600);
  cache.add('again');
  advance(600);
  assert.deepEqual([cache.has('again'), cache.has('once')], [true, false]);
  advance(400);
  assert.equal(cache.has('again'), false);
});

test('what no longer counts leaves the memory by itself', (context) => {
  const advance = stoppedClock(context);
  const cache = new PasswordCache(limitsWith({ verifiedPasswordMs: 1000 }));
  cache.add('first');
  advance(400);
  cache.add('second');
  advance(600);
  advance(400);
  // Were they still held, they would count again once the clock was set back.
  advance(-1400);
  assert.deepEqual([cache.has('first'), cache.has('second')], [false, false]);
});

test('the oldest mark makes room for a new one', () => {
  const cache = new PasswordCache(limitsWith({ maxVerifiedPasswords: 2 }));
  for (const mark of ['first', 'second', 'third']) cache.add(mark);
  assert.deepEqual(
    ['first', 'second', 'third'].map((mark) => cache.has(mark)),
    [false, true, true],
  );
});

test('a time of zero keeps nothing', () => {
  const cache = new PasswordCache(limitsWith({ verifiedPasswordMs: 0 }));
  cache.add('mark');
  assert.equal(cache.has('mark'), false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RateLimiter } from '../core/index.ts';
import { account } from './account.ts';
import { createPlaces } from './places.ts';

/** A pace that lets everything through; each call makes another one. */
function makeRateLimiter(): RateLimiter {
  return { take: async () => {} };
}

test('an account has as many places as it may have sessions, and each is given back once', () => {
  const places = createPlaces(makeRateLimiter);
  const alice = account('alice', { maxSessions: 2 });
  const first = places.take(alice);
  const second = places.take(alice);
  assert.ok(first && second);
  assert.equal(places.take(alice), undefined);
  first.release();
  first.release();
  assert.ok(places.take(alice));
  assert.equal(places.take(alice), undefined);
  assert.ok(places.take(account('bob', { maxSessions: 1 })));
});

test('all sessions of an account share its rateLimiters, and no other account does', () => {
  const places = createPlaces(makeRateLimiter);
  const alice = account('alice', { rate: { upload: 1000 } });
  const [first, second] = [places.take(alice), places.take(alice)];
  assert.ok(first?.rateLimiters.upload);
  assert.equal(second?.rateLimiters.upload, first.rateLimiters.upload);
  assert.equal(first.rateLimiters.download, undefined);
  assert.notEqual(places.take({ ...alice, name: 'bob' })?.rateLimiters.upload, first.rateLimiters.upload);
});

test('nothing is kept of an account whose last session has left', () => {
  const places = createPlaces(makeRateLimiter);
  const alice = account('alice', { rate: { upload: 1000 } });
  const first = places.take(alice);
  first?.release();
  assert.notEqual(places.take(alice)?.rateLimiters.upload, first?.rateLimiters.upload);
});

test('a new rate holds for the sessions that come after it', () => {
  const rates: number[] = [];
  const places = createPlaces((bytesPerSecond) => {
    rates.push(bytesPerSecond);
    return makeRateLimiter();
  });
  const old = places.take(account('alice', { rate: { download: 10 } }));
  const renewed = places.take(account('alice', { rate: { download: 20 } }));
  assert.deepEqual(rates, [10, 20]);
  assert.notEqual(renewed?.rateLimiters.download, old?.rateLimiters.download);
  assert.equal(places.take(account('alice'))?.rateLimiters.download, undefined);
});

test('all sessions of an account end when it is told so, with the reason, and no other account’s', () => {
  const places = createPlaces(makeRateLimiter);
  const [one, two, gone] = [account('alice'), account('alice'), account('alice')].map((each) => places.take(each));
  const bob = places.take(account('bob'));
  gone?.release();
  places.endSessions('alice', 'account disabled');
  assert.deepEqual(
    [one, two, gone, bob].map((place) => place?.revoked.aborted),
    [true, true, false, false],
  );
  assert.equal(one?.revoked.reason.message, 'account disabled');
  assert.equal(places.take(account('alice'))?.revoked.aborted, false);
});

test('sessions end at the moment when their account expires, also when it is far, is moved, or falls away', (context) => {
  const days = (count: number) => new Date(count * 86_400_000);
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const places = createPlaces(makeRateLimiter);
  const stays = places.take(account('stays', { expires: days(40) }));
  const moved = places.take(account('moved', { expires: days(40) }));
  const freed = places.take(account('freed', { expires: days(40) }));
  places.setExpiry('moved', days(1));
  places.setExpiry('freed', undefined);
  const ended = () => [stays, moved, freed].map((place) => place?.revoked.aborted);
  for (let minute = 0; minute < 24 * 60 - 1; minute += 1) context.mock.timers.tick(60_000);
  assert.deepEqual(ended(), [false, false, false]);
  context.mock.timers.tick(60_000);
  assert.deepEqual(ended(), [false, true, false]);
  for (let minute = 0; minute < 39 * 24 * 60; minute += 1) context.mock.timers.tick(60_000);
  assert.deepEqual(ended(), [true, true, false]);
  places.setExpiry('freed', days(1));
  assert.deepEqual(ended(), [true, true, true]);
});
